"""Pages are compressed; what shows a secret is not."""

from __future__ import annotations

import gzip
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.directory.models import BusinessAccount, User
from onboarding.site.compression import SHOWING_SECRETS
from tests.licensing import license_factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


def ask(browser: Client, address: str, **form: str) -> Response:
    """The page as a browser asks for it; with fields of a form, what it shows after sending."""
    if form:
        return browser.post(address, form, headers={"accept-encoding": "gzip, br"})
    return browser.get(address, headers={"accept-encoding": "gzip, br"})


@pytest.mark.parametrize("name", ["guide", "account_login", "support"])
def test_a_page_is_compressed_for_who_takes_it(client: Client, name: str) -> None:
    packed, plain = ask(client, reverse(name)), client.get(reverse(name))

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content).startswith(b"<!DOCTYPE html>")
    assert len(packed.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain


def test_the_length_of_a_page_tells_nothing_exactly(client: Client) -> None:
    lengths = {len(ask(client, reverse("account_login")).content) for _time in range(20)}

    assert len(lengths) > 5


def test_lists_of_a_company_are_compressed(
    acme: BusinessAccount, sign_in: SignIn, alice: User
) -> None:
    browser = sign_in(alice)

    for name in ("license_list", "instance_list", "member_list", "account_overview"):
        page = ask(browser, reverse(name, kwargs={"slug": acme.slug}))
        assert page["Content-Encoding"] == "gzip", name


def test_a_whole_key_is_never_compressed(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    key = license_factories.primary_key(license)
    address = reverse("key_reveal", kwargs={"slug": acme.slug, "public_id": key.public_id})

    page = ask(sign_in(alice), address, sent="yes")

    assert key.code.encode() in page.content
    assert "Content-Encoding" not in page


def test_the_seed_of_a_second_step_is_never_compressed(alice: User, sign_in: SignIn) -> None:
    page = ask(sign_in(alice), reverse("mfa_activate_totp"))

    assert b"authenticator_secret" in page.content
    assert "Content-Encoding" not in page


@pytest.mark.parametrize("address", ["/invitations/not-a-token/", "/claims/not-a-token/"])
def test_an_address_with_a_token_is_never_compressed(client: Client, address: str) -> None:
    page = ask(client, address)

    assert "Content-Encoding" not in page


@pytest.mark.parametrize("path", ["/.well-known/security.txt", "/healthz"])
def test_only_pages_are_compressed(client: Client, path: str) -> None:
    assert "Content-Encoding" not in ask(client, path)


def test_each_page_that_is_left_out_exists() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    names |= {"mailbox", "mailbox_mail", "mailbox_html"} if not settings.PORTAL_MAILBOX else set()

    assert names >= SHOWING_SECRETS
