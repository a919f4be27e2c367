"""Posting: in the causing transaction, and never slowed by the broker (SPEC 4.4)."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.outbox import doorbell
from accounts.outbox.models import OutboxMail
from tests.accounts.outbox.conftest import Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the broker, which is away: each ring takes a second and fails."""
    rings: list[str] = []

    def send_task(name: str, **_: object) -> None:
        rings.append(name)
        time.sleep(0.3)
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", send_task)
    monkeypatch.setattr(doorbell, "_doorbell", doorbell._Doorbell())
    return rings


def test_a_rollback_leaves_no_mail_and_rings_nobody(bell: list[str], post: Post) -> None:
    with transaction.atomic():
        post()
        transaction.set_rollback(True)

    assert not OutboxMail.objects.exists()
    assert bell == []


def test_a_broker_that_is_away_slows_nobody_and_is_left_alone(bell: list[str], post: Post) -> None:
    post()
    started = time.monotonic()
    post()
    assert time.monotonic() - started < 0.05

    time.sleep(0.5)
    assert len(bell) == 1, "one failure, then silence"
    post()
    time.sleep(0.1)
    assert len(bell) == 1

    assert doorbell._doorbell._failed_at > started - 30
    doorbell._doorbell._failed_at -= 31
    post()
    time.sleep(0.1)
    assert len(bell) == 2


def test_a_hundred_mails_in_one_transaction_ring_once(
    bell: list[str], post: Post, now: datetime
) -> None:
    with transaction.atomic():
        for number in range(100):
            post(to=f"crowd{number}@acme.example")
        assert bell == []

    time.sleep(0.1)
    assert len(bell) == 1
