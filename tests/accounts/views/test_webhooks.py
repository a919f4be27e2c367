"""What the mail provider reports, and who may report it (SPEC 4.4)."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from pytest_django.fixtures import Settings

from accounts import outbox
from accounts.models import OutboxMail
from accounts.models.email import Status
from accounts.views import webhooks

pytestmark = pytest.mark.django_db

ADDRESS = "/anymail/postmark/tracking/"
SECRET = "postmark:a-long-secret"


class Routes:
    """The addresses of a portal that mails through Postmark."""


@pytest.fixture
def postmark(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.PORTAL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    routes: Any = Routes()
    routes.urlpatterns = [path("", include(webhooks.webhook_urls()))]
    settings.ROOT_URLCONF = routes


@pytest.fixture
def mail(now: datetime) -> OutboxMail:
    to = "mia@acme.example"
    mail = outbox.post(kind="test", to=to, subject="Hello", text="Hello", html="", now=now)
    outbox.claim(now=now)
    OutboxMail.objects.filter(pk=mail.pk).move(Status.SENT, sent_at=now, message_id="pm-1")
    return mail


def report(body: object, *, secret: str = SECRET) -> int:
    content = body if isinstance(body, str) else json.dumps(body)
    lock = f"Basic {base64.b64encode(secret.encode()).decode()}" if secret else ""
    response = Client(raise_request_exception=False).post(
        ADDRESS, content, content_type="application/json", headers={"Authorization": lock}
    )
    return response.status_code


def delivered(mail: OutboxMail) -> dict[str, object]:
    return {
        "RecordType": "Delivery",
        "MessageID": "pm-1",
        "Recipient": mail.to,
        "DeliveredAt": "2026-11-24T05:00:00Z",
        "Metadata": {"outbox": str(mail.public_id)},
    }


def bounced(mail: OutboxMail) -> dict[str, object]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "MessageID": "pm-1",
        "Email": mail.to,
        "Description": "No such mailbox",
        "BouncedAt": "2026-11-24T05:00:00Z",
        "Metadata": {"outbox": str(mail.public_id)},
    }


def test_delivered_and_then_bounced_is_bounced(postmark: None, mail: OutboxMail) -> None:
    assert report(delivered(mail)) == 200
    mail.refresh_from_db()
    assert mail.fate == "delivered"

    assert report(bounced(mail)) == 200
    mail.refresh_from_db()
    assert mail.fate == "bounced"
    assert "No such mailbox" in mail.last_error


def test_reports_may_come_twice_and_in_any_order(postmark: None, mail: OutboxMail) -> None:
    assert report(bounced(mail)) == 200
    mail.refresh_from_db()
    first = mail.bounced_at

    assert [report(bounced(mail)), report(delivered(mail)), report(delivered(mail))] == [200] * 3

    mail.refresh_from_db()
    assert (mail.bounced_at, mail.fate) == (first, "bounced")


def test_a_report_without_our_metadata_is_found_by_its_message_id(
    postmark: None, mail: OutboxMail
) -> None:
    assert report({**delivered(mail), "Metadata": {}}) == 200

    mail.refresh_from_db()
    assert mail.fate == "delivered"


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "postmark", "é:é"])
def test_whoever_is_not_the_provider_is_refused_before_anything_is_read(
    postmark: None, mail: OutboxMail, secret: str
) -> None:
    assert report(bounced(mail), secret=secret) == 401
    assert report("{rubbish", secret=secret) == 401

    mail.refresh_from_db()
    assert mail.bounced_at is None


@pytest.mark.parametrize("rubbish", ["", "{", "[]", "null", "7", '"x"', "[" * 5000])
def test_rubbish_is_refused(postmark: None, rubbish: str) -> None:
    assert report(rubbish) == 400


def test_a_report_about_an_unknown_mail_is_taken_calmly(postmark: None, mail: OutboxMail) -> None:
    stranger = {**delivered(mail), "MessageID": "other", "Metadata": {"outbox": "no-uuid"}}

    assert report(stranger) == 200
    mail.refresh_from_db()
    assert mail.delivered_at is None


@pytest.mark.parametrize(
    ("backend", "secret"),
    [
        ("anymail.backends.postmark.EmailBackend", ""),
        ("django.core.mail.backends.smtp.EmailBackend", SECRET),
        ("onboarding.mailbox.EmailBackend", SECRET),
    ],
)
def test_without_a_provider_or_a_secret_there_is_no_address(
    settings: Settings, backend: str, secret: str
) -> None:
    settings.EMAIL_BACKEND, settings.PORTAL_WEBHOOK_SECRET = backend, secret

    assert webhooks.webhook_urls() == []
    assert Client().post(ADDRESS).status_code == 404
