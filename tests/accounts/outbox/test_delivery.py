"""What becomes of a mail, by what the mail server says (SPEC 4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPResponseException

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import outbox
from accounts.outbox import transport
from accounts.outbox.models import OutboxMail, Status
from tests.accounts.outbox.conftest import Post, Round
from tests.smtp import Act, FakeMailServer

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

MIA = "mia@acme.example"


def test_an_accepted_mail_is_sent_and_its_body_is_wiped(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post(reply_to="alice@acme.example")

    assert round_at(now) == 1

    mail.refresh_from_db()
    assert (mail.status, mail.sent_at, mail.attempts) == (Status.SENT, now, 1)
    assert (mail.text, mail.html, mail.lease, mail.lease_until) == ("", "", None, None)
    (message,) = sink.to(MIA)
    assert message["Subject"] == "Hello"
    assert message["Reply-To"] == "alice@acme.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Outbox-Id"] == str(mail.public_id)
    assert message["Message-ID"] == mail.message_id == f"<{mail.public_id}@testserver>"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Your code is BCDF-GHJK"
    assert "<p>BCDF-GHJK</p>" in html.get_content()


def test_a_hundred_mails_leave_over_one_connection_by_six_statements(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    for number in range(100):
        post(to=f"crowd{number}@acme.example")

    with CaptureQueriesContext(connection) as statements:
        assert round_at(now) == 100

    assert sink.connections == 1
    # Of the round: what is too late, and that nothing more is due. Of 100 mails: one claim, and
    # one statement for each 20 that the server took.
    assert len(statements) - 2 == 6
    assert len({to for to, _ in sink.received}) == len(sink.received) == 100


@pytest.mark.parametrize("answer", [421, 450, 451, 452])
def test_a_refusal_for_now_is_tried_again(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime, answer: Act
) -> None:
    mail = post()
    sink.script[MIA] = [answer]

    assert round_at(now) == 0
    mail.refresh_from_db()
    assert mail.status == Status.QUEUED
    assert mail.text
    assert mail.last_error == f"{answer} said the sink"

    assert round_at(mail.next_attempt_at - timedelta(seconds=1)) == 0
    assert round_at(mail.next_attempt_at) == 1
    assert len(sink.to(MIA)) == 1


@pytest.mark.parametrize("answer", [550, 553])
def test_a_refusal_for_good_fails_at_once_and_says_why(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime, answer: Act
) -> None:
    mail = post()
    sink.script[MIA] = [answer]

    round_at(now)

    mail.refresh_from_db()
    assert (mail.status, mail.outcome) == (Status.FAILED, "failed")
    assert mail.last_error == f"{answer} said the sink"
    assert (mail.text, mail.html) == ("", "")
    assert round_at(now + timedelta(days=1)) == 0
    assert sink.received == []


def test_one_bad_address_does_not_hold_up_the_others(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    for name in ("ann", "bert", "carl", "dave"):
        post(to=f"{name}@acme.example")
    sink.script["ann@acme.example"] = [550]
    sink.script["bert@acme.example"] = [450]

    assert round_at(now) == 2

    assert [to for to, _ in sink.received] == ["carl@acme.example", "dave@acme.example"]


def test_delays_grow_up_to_half_an_hour_and_differ(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mails = [post(to=f"{name}@acme.example") for name in "abcdefgh"]
    for mail in mails:
        sink.script[mail.to] = [450] * 12
    waits: dict[int, list[float]] = {}

    for attempt in range(1, 13):
        moment = now + timedelta(hours=attempt)
        round_at(moment)
        waits[attempt] = [
            (mail.next_attempt_at - moment).total_seconds()
            for mail in OutboxMail.objects.filter(attempts=attempt)
        ]

    for attempt, seconds in waits.items():
        expected = min(20 * 2 ** (attempt - 1), 1800)
        assert len(seconds) == 8
        assert all(0.75 * expected <= wait <= 1.25 * expected for wait in seconds)
        assert len(set(seconds)) > 1, "they'd all come back at the same moment"


def test_a_mail_is_tried_for_96_hours_and_then_failed(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post()
    sink.script[MIA] = [450] * 1000
    moment, last_try = now, now

    while mail.status == Status.QUEUED:
        last_try = moment
        round_at(moment)
        mail.refresh_from_db()
        moment = mail.next_attempt_at

    assert mail.status == Status.FAILED
    assert timedelta(hours=95) < last_try - now <= timedelta(hours=96)
    assert mail.attempts > 100
    assert (mail.text, mail.html) == ("", "")


def test_a_code_is_not_sent_once_it_is_useless(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post(expires_at=now + timedelta(minutes=15))

    assert round_at(now + timedelta(minutes=15)) == 0

    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.html) == (Status.EXPIRED, "", "")
    assert sink.received == []


def test_a_code_goes_before_more_invitations_than_a_worker_claims(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    for number in range(120):
        post(to=f"crowd{number}@acme.example")
    post(expires_at=now + timedelta(minutes=15))

    round_at(now)

    assert sink.received[0][0] == MIA


@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_an_address_with_a_line_break_is_refused_and_injects_nothing(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime, field: str
) -> None:
    mail = post(**{field: "mia@acme.example\nBcc: everyone@globex.example"})
    post(to="bob@acme.example")

    assert round_at(now) == 1

    mail.refresh_from_db()
    assert mail.status != Status.SENT
    assert mail.last_error in ("BadHeaderError", "ValueError")
    assert [to for to, _ in sink.received] == ["bob@acme.example"]


def test_a_subject_cannot_inject_a_header(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    post(subject="Hello\r\nBcc: everyone@globex.example\r\n\r\nA body")

    round_at(now)

    (message,) = sink.to(MIA)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: everyone@globex.example A body"


def test_what_a_server_quotes_of_a_mail_is_not_kept(post: Post) -> None:
    mail = post(text="Your code is BCDF-GHJK http://testserver/invitations/s3cr3t/")
    said = b"5.7.1 spam: BCDF-GHJK http://testserver/invitations/s3cr3t/ is not allowed"

    error = SMTPResponseException(554, said)

    assert transport.reason(error, mail) == "554 5.7.1 spam: … … is not allowed"


def test_nothing_is_sent_inside_a_transaction(
    transactional_db: None,
    sink: FakeMailServer,
    post: Post,
    now: datetime,
    round_at: Round,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = []
    send = transport.send

    def watched(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        inside.append(connection.in_atomic_block)
        return send(mail, channel)

    monkeypatch.setattr(transport, "send", watched)
    post()

    assert round_at(now) == 1
    assert inside == [False]


def test_a_waiting_mail_can_be_taken_back_and_a_sent_one_cannot(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    taken_back = post()
    assert outbox.cancel(mail=taken_back)
    assert round_at(now) == 0

    sent = post(to="bob@acme.example")
    assert round_at(now) == 1
    assert not outbox.cancel(mail=sent)
    taken_back.refresh_from_db()
    assert (taken_back.status, taken_back.text) == (Status.CANCELLED, "")
