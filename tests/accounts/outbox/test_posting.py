"""Posting: in the causing transaction, and never slowed by the broker (SPEC 4.4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.outbox import worker_signals
from accounts.outbox.models import OutboxMail
from onboarding.celery import app
from tests.accounts.outbox.conftest import Post
from tests.onboarding.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


class AwayBroker:
    """What was sent to the broker, which is away: each task waits, then fails when told to."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.gives_up = threading.Event()

    def send_task(self, name: str, **_: object) -> None:
        self.published.append(name)
        self.gives_up.wait(60)
        raise OperationalError

    def is_left_alone(self) -> bool:
        """Wait until nothing is being published any more."""
        return until(lambda: not worker_signals._notifier._is_publishing(), within=60)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwayBroker]:
    broker = AwayBroker()
    monkeypatch.setattr(app, "send_task", broker.send_task)
    monkeypatch.setattr(worker_signals, "_notifier", worker_signals._WorkerNotifier())
    yield broker
    broker.gives_up.set()
    assert broker.is_left_alone()


def test_a_rollback_leaves_no_mail_and_wakes_no_worker(broker: AwayBroker, post: Post) -> None:
    with transaction.atomic():
        post()
        transaction.set_rollback(True)

    assert not OutboxMail.objects.exists()
    assert broker.is_left_alone()
    assert broker.published == []


def test_a_broker_that_is_away_slows_nobody_and_is_left_alone(
    broker: AwayBroker, post: Post
) -> None:
    post()
    assert until(lambda: broker.published, within=60)
    post()  # comes back, though the broker still keeps the first task waiting

    broker.gives_up.set()
    assert broker.is_left_alone()
    assert len(broker.published) == 1, "one failure, then silence"
    post()
    assert broker.is_left_alone()
    assert len(broker.published) == 1

    assert worker_signals._notifier._failed_at > time.monotonic() - 600
    worker_signals._notifier._failed_at -= 31
    post()
    assert until(lambda: len(broker.published) == 2, within=60)


def test_a_signal_that_failed_oddly_does_not_end_those_that_follow(
    broker: AwayBroker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a client of the broker with a fault of its own would: the next mail wakes a worker."""
    failed = threading.Event()

    def fail(name: str, **_: object) -> None:
        failed.set()
        raise ValueError(name)

    monkeypatch.setattr(app, "send_task", fail)
    post()
    assert failed.wait(60)
    assert until(lambda: not worker_signals._notifier._is_publishing(), within=60)

    monkeypatch.setattr(app, "send_task", broker.send_task)
    worker_signals._notifier._failed_at -= 31
    post()

    assert until(lambda: broker.published, within=60)


def test_a_hundred_mails_in_one_transaction_ring_once(
    broker: AwayBroker, post: Post, now: datetime
) -> None:
    broker.gives_up.set()
    with transaction.atomic():
        for number in range(100):
            post(to=f"crowd{number}@acme.example")
        assert broker.published == []

    assert broker.is_left_alone()
    assert len(broker.published) == 1
