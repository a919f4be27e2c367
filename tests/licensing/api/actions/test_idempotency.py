"""What is asked twice is done once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from licensing.api.actions import idempotency
from licensing.api.actions.idempotency import Answer
from licensing.api.errors import KeyOfAnotherRequest
from licensing.api.models import IdempotentAnswer
from tests.accounts.membership.actions.race import refusals, run_concurrently

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(hours=24)


class Act:
    """Counts how often it was done."""

    def __init__(self, seconds: float = 0) -> None:
        self.done, self._seconds = 0, seconds

    def __call__(self) -> Answer:
        self.done += 1
        time.sleep(self._seconds)
        return 201, {"number": self.done}


def ask(act: Callable[[], Answer], *, now: datetime, key: str = "k", body: str = "b") -> Answer:
    return idempotency.once(key_digest=key, body_digest=body, act=act, now=now)


def test_the_same_request_again_gets_the_first_answer(now: datetime) -> None:
    act = Act()

    answers = [ask(act, now=now), ask(act, now=now + DAY - timedelta(seconds=1))]

    assert answers == [(201, {"number": 1})] * 2
    assert act.done == 1


def test_another_key_is_another_request(now: datetime) -> None:
    act = Act()

    ask(act, now=now)
    ask(act, now=now, key="other")

    assert act.done == 2


def test_the_same_key_for_another_body_is_refused(now: datetime) -> None:
    act = Act()
    ask(act, now=now)

    with pytest.raises(KeyOfAnotherRequest):
        ask(act, now=now, body="other")

    assert act.done == 1


def test_after_a_day_the_key_is_free_again(now: datetime) -> None:
    act = Act()
    ask(act, now=now)

    answer = ask(act, now=now + DAY, body="other")

    assert answer == (201, {"number": 2})


def test_what_was_refused_is_not_kept(now: datetime) -> None:
    def refuse() -> Answer:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        ask(refuse, now=now)

    assert not IdempotentAnswer.objects.exists()
    assert ask(Act(), now=now) == (201, {"number": 1})


def test_old_answers_are_forgotten(now: datetime) -> None:
    ask(Act(), now=now - DAY)
    ask(Act(), now=now, key="fresh")

    idempotency.forget(now=now)

    assert [row.key_digest for row in IdempotentAnswer.objects.all()] == ["fresh"]


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_the_same_time_waits_for_the_first_answer(now: datetime) -> None:
    act = Act(seconds=0.3)

    outcomes = run_concurrently(*[lambda: ask(act, now=now)] * 4)

    assert not refusals(outcomes)
    assert outcomes == [(201, {"number": 1})] * 4
    assert act.done == 1
