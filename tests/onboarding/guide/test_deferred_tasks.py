"""What pages leave to a worker: run once, refusals end it, failures don't hold up the others."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from unittest.mock import Mock

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached
from accounts.membership.models import JoinRequest
from accounts.outbox.models import OutboxMail
from onboarding.guide.actions import deferred_tasks
from onboarding.guide.models import DeferredTask
from tests.accounts.membership.actions.race import run_concurrently

pytestmark = pytest.mark.django_db


def leave(colleague: str, *, now: datetime) -> None:
    deferred_tasks.defer(
        DeferredTask.Kind.ASK,
        colleague=colleague,
        email="dora@winter.example",
        email_display="Dora@winter.example",
        name="Dora",
        message="Let me in.",
        now=now,
    )


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setitem(deferred_tasks._HOW, DeferredTask.Kind.TELL_OWNER, Mock(side_effect=error))


def test_an_errand_is_run_and_forgotten(mia: User, now: datetime) -> None:
    leave(mia.email, now=now)
    assert not JoinRequest.objects.exists()

    deferred_tasks.run_due(now=now)

    assert JoinRequest.objects.get().email == "dora@winter.example"
    assert not DeferredTask.objects.exists()


def test_whoever_was_disabled_since_asking_has_nothing_carried(
    mia: User, dora: User, now: datetime
) -> None:
    leave(mia.email, now=now)
    User.objects.filter(pk=dora.pk).update(is_active=False)

    deferred_tasks.run_due(now=now)

    assert not JoinRequest.objects.exists()
    assert not DeferredTask.objects.exists()


def test_a_refusal_ends_it(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, LimitReached())
    deferred_tasks.defer(DeferredTask.Kind.TELL_OWNER, purchase=1, now=now)

    deferred_tasks.run_due(now=now)

    assert not DeferredTask.objects.exists()


def test_one_that_fails_holds_up_nobody_and_is_tried_for_a_day(
    mia: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, ZeroDivisionError())
    deferred_tasks.defer(DeferredTask.Kind.TELL_OWNER, purchase=1, now=now)
    leave(mia.email, now=now)

    deferred_tasks.run_due(now=now)

    assert JoinRequest.objects.exists()
    assert DeferredTask.objects.get().attempts == 1
    deferred_tasks.run_due(now=now + timedelta(days=1))
    assert not DeferredTask.objects.exists()


@pytest.mark.embedded
def test_what_was_broken_for_most_of_a_day_still_happens(
    mia: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(mia.email, now=now)
    with monkeypatch.context() as broken:
        broken.setitem(
            deferred_tasks._HOW, DeferredTask.Kind.ASK, fails := Mock(side_effect=OSError())
        )
        for minutes in range(0, 23 * 60, 5):
            deferred_tasks.run_due(now=now + timedelta(minutes=minutes))
    assert 50 < fails.call_count < 100, "tried all along, ever more rarely"
    assert not JoinRequest.objects.exists()

    deferred_tasks.run_due(now=now + timedelta(hours=23, minutes=59))

    assert JoinRequest.objects.exists()
    assert not DeferredTask.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_it_once(acme: BusinessAccount, alice: User, now: datetime) -> None:
    for _ in range(5):
        leave(alice.email, now=now)
        run_concurrently(*(partial(deferred_tasks.run_due, now=now) for _ in range(4)))

        assert not DeferredTask.objects.exists()
    assert JoinRequest.objects.count() == 1
    assert OutboxMail.objects.filter(kind="join_requested").count() == 1
