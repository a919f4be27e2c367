"""A worker holds a mail under a lease, and lets go of what it has no time for (SPEC 4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from accounts import outbox
from accounts.outbox import claiming, delivery, transport
from accounts.outbox.models import OutboxMail, Status
from tests.accounts.outbox.conftest import Post, Round
from tests.smtp import FakeMailServer

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

MIA = "mia@acme.example"


class Clock:
    """Stands still until something moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def slow(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server that takes a second for each mail."""
    send = transport.send

    def slowly(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        clock.now += timedelta(seconds=1)
        return send(mail, channel)

    monkeypatch.setattr(transport, "send", slowly)


def test_a_code_posted_meanwhile_overtakes_a_batch_at_a_slow_server(
    sink: FakeMailServer, post: Post, clock: Clock, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        post(to=f"crowd{number}@acme.example")
    send = transport.send

    def interrupted(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        if len(sink.received) == 1:
            post(expires_at=clock.now + timedelta(minutes=15))
        return send(mail, channel)

    monkeypatch.setattr(transport, "send", interrupted)

    assert delivery.deliver_due(clock=clock) == 21

    place = [to for to, _ in sink.received].index(MIA)
    assert place <= 5, "three seconds and a mail"
    assert set(OutboxMail.objects.values_list("attempts", flat=True)) == {1}


def test_a_round_ends_in_time_and_holds_nothing_back(
    sink: FakeMailServer, post: Post, clock: Clock, slow: None
) -> None:
    for number in range(70):
        post(to=f"crowd{number}@acme.example")

    sent = delivery.deliver_due(clock=clock)

    assert 54 <= sent <= 57
    left = OutboxMail.objects.exclude(status=Status.SENT)
    assert set(left.values_list("status", "attempts", "lease")) == {(Status.QUEUED, 0, None)}
    assert delivery.deliver_due(clock=clock) == 70 - sent


def test_a_worker_that_slept_past_its_lease_sends_no_more(
    sink: FakeMailServer, post: Post, round_at: Round, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = post(), post(to="bob@acme.example")
    send = transport.send

    def sleepy(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        monkeypatch.setattr(transport, "send", send)
        # Another worker, ten minutes later, finds both abandoned.
        assert round_at(clock.now + timedelta(minutes=10)) == 2
        clock.now += timedelta(minutes=11)
        return send(mail, channel)

    monkeypatch.setattr(transport, "send", sleepy)

    assert delivery.deliver_due(clock=clock) == 0

    assert len(sink.to(second.to)) == 1
    # The one it was already handing over is the crash that SPEC 4.4 names: doubled, never lost.
    assert len(sink.to(first.to)) == 2
    assert not OutboxMail.objects.exclude(status=Status.SENT).exists()


def test_a_worker_that_slept_between_claim_and_sending_leaves_it_to_the_other(
    sink: FakeMailServer, post: Post, round_at: Round, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post()
    claim = claiming.claim

    def sleepy(*, now: datetime) -> list[OutboxMail]:
        mails = claim(now=now)
        monkeypatch.setattr(delivery, "claim", claim)
        assert round_at(clock.now + timedelta(minutes=10)) == len(mails)
        clock.now += timedelta(minutes=11)
        return mails

    monkeypatch.setattr(delivery, "claim", sleepy)

    assert delivery.deliver_due(clock=clock) == 0
    assert len(sink.to(MIA)) == 1


def test_a_wait_for_the_final_answer_keeps_the_lease(
    sink: FakeMailServer, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = post()
    leases: list[datetime | None] = []

    def opened(beat: object) -> BaseEmailBackend:
        clock.now += timedelta(seconds=100)
        beat()  # type: ignore[operator]
        leases.append(OutboxMail.objects.get(pk=mail.pk).lease_until)
        return transport.PatientBackend(lambda: None)

    monkeypatch.setattr(transport, "open_channel", opened)

    assert delivery.deliver_due(clock=clock) == 1
    assert leases == [clock.now + claiming.LEASE_DURATION]


@pytest.mark.parametrize("bounced", [False, True])
def test_a_report_that_comes_before_our_own_commit_is_kept(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    bounced: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = post()
    send = transport.send

    def reported(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        message_id = send(mail, channel)
        public_id = str(mail.public_id)
        outbox.record_event(
            public_id=public_id, message_id="", bounced=bounced, reason="No such mailbox", at=now
        )
        return message_id

    monkeypatch.setattr(transport, "send", reported)

    assert round_at(now) == 1

    mail.refresh_from_db()
    assert mail.status == Status.SENT
    assert mail.outcome == ("bounced" if bounced else "delivered")
    assert mail.last_error == ("No such mailbox" if bounced else "")


def test_a_mail_known_to_have_arrived_is_not_sent_again_after_a_crash(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post()
    claiming.claim(now=now)
    outbox.record_event(
        public_id=str(mail.public_id), message_id="", bounced=False, reason="", at=now
    )

    assert round_at(now + timedelta(minutes=3)) == 0

    mail.refresh_from_db()
    assert (mail.status, mail.outcome, mail.text) == (Status.SENT, "delivered", "")
    assert sink.received == []
