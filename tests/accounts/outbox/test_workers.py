"""Workers that meet, die and come back: never lost, doubled at most once (SPEC 4.4)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from accounts.outbox import claiming, delivery, transport
from accounts.outbox.models import OutboxMail, Status
from tests.accounts.membership.actions.race import run_concurrently
from tests.accounts.outbox.conftest import Post, Round
from tests.smtp import FakeMailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def test_the_mail_of_a_dead_worker_is_sent_once_within_three_minutes(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post()
    assert [claimed.pk for claimed in claiming.claim(now=now)] == [mail.pk]

    assert round_at(now + timedelta(seconds=149)) == 0, "the first worker may still be at it"
    assert round_at(now + timedelta(minutes=3)) == 1
    assert round_at(now + timedelta(minutes=6)) == 0

    assert len(sink.to(mail.to)) == 1


def test_two_workers_at_once_send_each_mail_exactly_once(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    for number in range(120):
        post(to=f"crowd{number}@acme.example")

    outcomes = run_concurrently(lambda: round_at(now), lambda: round_at(now))

    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    sent = Counter(to for to, _ in sink.received)
    assert len(sent) == 120
    assert set(sent.values()) == {1}
    assert not OutboxMail.objects.exclude(status=Status.SENT).exists()


def test_a_crash_between_the_servers_yes_and_our_commit_doubles_at_most_once(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = post()
    move = OutboxMail.objects.none().__class__.move

    def crash(mails: object, to: Status, **fields: object) -> int:
        if to == Status.SENT:
            raise KeyboardInterrupt
        return move(mails, to, **fields)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(OutboxMail.objects.none().__class__, "move", crash)
        with pytest.raises(KeyboardInterrupt):
            round_at(now)
    assert len(sink.to(mail.to)) == 1

    assert round_at(now + timedelta(minutes=3)) == 1
    assert round_at(now + timedelta(minutes=6)) == 0

    first, second = sink.to(mail.to)
    assert first["Message-ID"] == second["Message-ID"], "a mailbox can drop the double"


def test_a_crash_doubles_one_group_at_most_and_loses_none(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(50):
        post(to=f"crowd{number}@acme.example")

    with monkeypatch.context() as patch:
        send = transport.send
        taken: list[str] = []

        def killed(mail: OutboxMail, channel: BaseEmailBackend) -> str:
            taken.append(send(mail, channel))
            if len(taken) == 2 * delivery.GROUP - 1:  # the last moment before it is recorded
                patch.setattr(delivery._Run, "_record", lambda run: None)  # nor at the end
                raise SystemExit
            return taken[-1]

        patch.setattr(transport, "send", killed)
        with pytest.raises(SystemExit):
            round_at(now)

    assert round_at(now + timedelta(minutes=3)) == 30

    copies = Counter(message["Message-ID"] for _, message in sink.received)
    assert len(copies) == 50
    assert Counter(copies.values()) == {1: 31, 2: delivery.GROUP - 1}
    assert not OutboxMail.objects.exclude(status=Status.SENT).exists()


def test_a_worker_told_to_end_records_what_the_server_took(
    sink: FakeMailServer,
    post: Post,
    round_at: Round,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        post(to=f"crowd{number}@acme.example")
    send = transport.send

    def ended(mail: OutboxMail, channel: BaseEmailBackend) -> str:
        if len(sink.received) == 2:
            raise SystemExit
        return send(mail, channel)

    monkeypatch.setattr(transport, "send", ended)

    with pytest.raises(SystemExit):
        round_at(now)

    assert OutboxMail.objects.filter(status=Status.SENT).count() == len(sink.received) == 2


def test_a_yes_that_got_lost_is_asked_for_again(
    sink: FakeMailServer, post: Post, round_at: Round, now: datetime
) -> None:
    mail = post()
    sink.script[mail.to] = ["die after yes"]

    assert round_at(now) == 0
    mail.refresh_from_db()
    assert round_at(mail.next_attempt_at) == 1

    assert len(sink.to(mail.to)) == 2
