"""What the mail provider reports, and who may report it (SPEC 4.4)."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts import outbox
from accounts.outbox import claiming
from accounts.outbox.models import OutboxMail, Status
from accounts.outbox.views import webhooks

pytestmark = pytest.mark.django_db

ADDRESS = "/anymail/postmark/tracking/"
SECRET = "postmark:a-long-secret"
Report = tuple[str, str, int]  # about which mail, what, at which minute


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
    claiming.claim(now=now)
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
    assert mail.outcome == "delivered"

    assert report(bounced(mail)) == 200
    mail.refresh_from_db()
    assert mail.outcome == "bounced"
    assert "No such mailbox" in mail.last_error


def test_reports_may_come_twice_and_in_any_order(postmark: None, mail: OutboxMail) -> None:
    assert report(bounced(mail)) == 200
    mail.refresh_from_db()
    first = mail.bounced_at

    assert [report(bounced(mail)), report(delivered(mail)), report(delivered(mail))] == [200] * 3

    mail.refresh_from_db()
    assert (mail.bounced_at, mail.outcome) == (first, "bounced")


@given(
    reports=st.lists(
        st.tuples(
            st.sampled_from(["one", "other", "unknown", "no-uuid", "by message"]),
            st.sampled_from(["delivered", "No such mailbox", "Mailbox full", "opened"]),
            st.integers(0, 3),
        ),
        max_size=4,
    ),
    shuffle=st.randoms(use_true_random=False),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_three_times_shuffled_and_among_strangers_comes_to_the_same(
    postmark: None, mail: OutboxMail, now: datetime, reports: list[Report], shuffle: Random
) -> None:
    other = outbox.post(kind="test", to="o@a.example", subject="Hi", text="Hi", html="", now=now)
    ids = {"one": str(mail.public_id), "other": str(other.public_id), "by message": ""}
    OutboxMail.objects.update(delivered_at=None, bounced_at=None, last_error="")
    start = now - timedelta(days=1)
    thrice = reports * 3
    shuffle.shuffle(thrice)

    for target, what, minute in thrice:
        public_id = ids.get(target, target if target == "no-uuid" else str(uuid.uuid4()))
        message_id = "pm-1" if target == "by message" else "pm-2"
        at = start + timedelta(minutes=minute)
        assert report(_body(what, public_id, message_id, at)) == 200

    for each, names in ((mail, {"one", "by message"}), (other, {"other"})):
        each.refresh_from_db()
        ours = [(minute, what) for target, what, minute in reports if target in names]
        arrived = [minute for minute, what in ours if what == "delivered"]
        returned = [pair for pair in ours if pair[1].startswith(("No", "Mailbox"))]
        assert _minutes(each.delivered_at, start) == min(arrived, default=None)
        first = min(returned, default=(None, ""))
        assert (_minutes(each.bounced_at, start), each.last_error) == first


def _body(what: str, public_id: str, message_id: str, at: datetime) -> dict[str, object]:
    facts = {"MessageID": message_id, "Recipient": "a@b.example", "Metadata": {"outbox": public_id}}
    when = at.isoformat()
    if what == "delivered":
        return {**facts, "RecordType": "Delivery", "DeliveredAt": when}
    if what == "opened":
        return {**facts, "RecordType": "Open", "ReceivedAt": when}
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example"}
    return {**facts, **bounce, "Description": what, "BouncedAt": when}


def _minutes(moment: datetime | None, start: datetime) -> int | None:
    return None if moment is None else round((moment - start) / timedelta(minutes=1))


def test_a_clock_that_goes_wrong_elsewhere_dates_nothing_into_the_future(
    postmark: None, mail: OutboxMail
) -> None:
    assert report({**bounced(mail), "BouncedAt": "2999-01-01T00:00:00Z"}) == 200

    mail.refresh_from_db()
    assert mail.bounced_at is not None
    assert mail.bounced_at <= timezone.now()


def test_a_report_without_our_metadata_is_found_by_its_message_id(
    postmark: None, mail: OutboxMail
) -> None:
    assert report({**delivered(mail), "Metadata": {}}) == 200

    mail.refresh_from_db()
    assert mail.outcome == "delivered"


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
        ("onboarding.embedded.mailbox.EmailBackend", SECRET),
    ],
)
def test_without_a_provider_or_a_secret_there_is_no_address(
    settings: Settings, backend: str, secret: str
) -> None:
    settings.EMAIL_BACKEND, settings.PORTAL_WEBHOOK_SECRET = backend, secret

    assert webhooks.webhook_urls() == []
    assert Client().post(ADDRESS).status_code == 404
