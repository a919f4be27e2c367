"""Mail servers that are silent, slow, dead or away (SPEC 4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.outbox import delivery, transport
from accounts.outbox.models import OutboxMail, Status
from tests.accounts.outbox.conftest import Post, Round
from tests.smtp import Act, FakeMailServer

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

MIA = "mia@acme.example"


@pytest.mark.parametrize("act", ["hang", "die"])
def test_a_server_that_falls_silent_or_dies_costs_a_delay(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime, act: Act
) -> None:
    mail = post()
    other = post(to="bob@acme.example", expires_at=now + timedelta(days=5))
    sink.script[MIA] = [act]

    round_at(now)

    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.QUEUED, 1)
    assert (other.status, other.attempts) == (Status.QUEUED, 0), "it wasn't even tried"
    assert sink.received == []
    assert round_at(mail.next_attempt_at) == 2
    assert len(sink.to(MIA)) == 1


def test_a_connection_that_dies_after_many_mails_is_opened_anew(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    for number in range(5):
        post(to=f"crowd{number}@acme.example")
    sink.script["crowd2@acme.example"] = ["die"]

    assert round_at(now) == 4
    assert sink.connections == 2


def test_a_server_that_thinks_after_the_final_dot_is_awaited(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = post()
    leases = []
    monkeypatch.setattr(transport, "LEASE_RENEWAL_SECONDS", 0.2)

    def beat(run: object) -> None:
        leases.append(OutboxMail.objects.get(pk=mail.pk).lease_until)
        if len(leases) == 5:  # a second: twice as long as any other answer may take
            sink.released.set()

    monkeypatch.setattr("accounts.outbox.delivery._Run._beat", beat)
    sink.script[MIA] = ["think"]

    assert round_at(now) == 1
    assert len(leases) == 5
    assert len(sink.to(MIA)) == 1


@pytest.mark.parametrize("act", ["think", "hang"])
def test_what_a_server_took_before_it_fell_silent_is_recorded_within_a_second(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime, act: Act
) -> None:
    early = post(to="early@acme.example")
    late = post(expires_at=early.expires_at + timedelta(seconds=1))
    sink.script[MIA] = [act]
    recorded = []
    beat = delivery._Run._beat

    def watched(run: delivery._Run) -> None:
        beat(run)
        early.refresh_from_db()
        late.refresh_from_db()
        recorded.append((early.status, late.status))
        sink.released.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery._Run, "_beat", watched)
        round_at(now)

    assert recorded[0] == (Status.SENT, Status.SENDING)


def test_a_server_that_was_away_gets_everything_when_it_is_back(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The tried mail's delay is jittered from 15 seconds on; here it is 20, the middle.
    monkeypatch.setattr("accounts.outbox.delivery.random.uniform", lambda low, high: 1.0)
    for number in range(10):
        post(to=f"crowd{number}@acme.example")
    sink.stop()

    assert round_at(now) == 0
    assert OutboxMail.objects.filter(status=Status.QUEUED).count() == 10
    assert OutboxMail.objects.filter(attempts=0).count() == 9, "one try tells it all"

    sink.start()
    assert round_at(now + timedelta(seconds=10)) == 0, "silent for 15 seconds"
    assert round_at(now + timedelta(seconds=16)) == 9
    assert round_at(now + timedelta(seconds=30)) == 1
    assert len({to for to, _ in sink.received}) == len(sink.received) == 10
