"""What people do on the activate pages, for the tests of those pages."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount
from licensing.activation.models import ActivationRequest
from tests.personas import Response


def enter(browser: Client, asked: ActivationRequest) -> Client:
    """The browser, once the request's code was entered in it."""
    answer = browser.post(reverse("activate"), {"code": asked.user_code})
    assert answer.status_code == 302
    return browser


def read(
    browser: Client, page: str, asked: ActivationRequest, account: BusinessAccount, **query: Any
) -> Response:
    return browser.get(
        reverse(f"activation_{page}", kwargs={"public_id": asked.public_id}),
        {"account": account.slug, **query},
    )


def send(
    browser: Client, act: str, asked: ActivationRequest, account: BusinessAccount, **form: Any
) -> Response:
    return browser.post(
        reverse(f"activation_{act}", kwargs={"public_id": asked.public_id}),
        {"account": account.slug, **form},
    )


def status_of(asked: ActivationRequest) -> str:
    return ActivationRequest.objects.get(pk=asked.pk).status
