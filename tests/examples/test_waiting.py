"""The example console waits politely, and takes no silence for a no."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import pytest

from examples import ras_console
from examples.ras_console import Problem
from tests.examples.portal import Answer, FakeTime

CODES: Final = {"interval": 5, "expires_in": 1800}


def wait(fake: FakeTime, *answers: Answer, codes: dict[str, Any] = CODES) -> tuple[Any, list[int]]:
    """What came of it, and the seconds before each poll."""
    polls: list[float] = []
    given = iter(answers)

    def ask() -> Answer:
        polls.append(fake.now)
        return next(given)

    began = fake.now
    try:
        outcome: Any = ras_console.wait_for_answer(ask, codes)
    except Problem as problem:
        outcome = problem.args[0]
    moments = [began, *polls]
    return outcome, [round(b - a) for a, b in pairwise(moments)]


def said(error: str, **more: Any) -> Answer:
    return False, {"error": error, **more}


def test_it_polls_at_the_interval_that_it_was_given(fake_time: FakeTime) -> None:
    answers = [said("authorization_pending")] * 3

    outcome, pauses = wait(fake_time, *answers, (True, {"access_token": "t"}))

    assert outcome == {"access_token": "t"}
    assert pauses == [5, 5, 5, 5]


def test_without_an_interval_it_is_five_seconds(fake_time: FakeTime) -> None:
    _outcome, pauses = wait(fake_time, (True, {}), codes={"expires_in": 60})

    assert pauses == [5]


def test_slow_down_is_kept(fake_time: FakeTime) -> None:
    pending, slow = said("authorization_pending"), said("slow_down")

    _outcome, pauses = wait(fake_time, slow, pending, slow, pending, (True, {}))

    assert pauses == [5, 10, 10, 15, 15]


def test_the_portal_may_ask_for_a_longer_interval(fake_time: FakeTime) -> None:
    _outcome, pauses = wait(fake_time, said("slow_down", interval=30), (True, {}))

    assert pauses == [5, 30]


def test_a_network_that_fails_is_no_denial(fake_time: FakeTime) -> None:
    pending = said("authorization_pending")

    outcome, pauses = wait(fake_time, None, None, None, None, None, pending, (True, {}))

    assert outcome == {}
    assert pauses == [5, 10, 20, 40, 60, 60, 5]


def test_without_a_network_until_the_end_it_gives_up(fake_time: FakeTime) -> None:
    outcome, pauses = wait(fake_time, *[None] * 99, codes={"interval": 5, "expires_in": 120})

    assert outcome == ras_console.NO_NETWORK
    assert sum(pauses) < 240


def test_a_request_that_was_handed_over_is_waited_for(fake_time: FakeTime) -> None:
    """Nothing answers for half an hour while 24 hours are left."""
    prolonged = said("authorization_pending", interval=5, expires_in=86_400)

    outcome, _pauses = wait(fake_time, prolonged, *[None] * 40, (True, {"access_token": "t"}))

    assert outcome == {"access_token": "t"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", ras_console.REFUSED),
        ("expired_token", ras_console.TOO_LATE),
        ("invalid_grant", ras_console.REFUSED),
        ("anything_else", ras_console.REFUSED),
    ],
)
def test_a_refusal_ends_the_waiting(fake_time: FakeTime, error: str, code: int) -> None:
    assert wait(fake_time, said(error))[0] == code


def test_an_answer_that_was_lost_on_its_way_is_no_refusal(fake_time: FakeTime) -> None:
    assert wait(fake_time, None, said("invalid_grant"))[0] == ras_console.NO_NETWORK


def test_it_says_every_half_minute_that_it_waits(
    fake_time: FakeTime, capsys: pytest.CaptureFixture[str]
) -> None:
    wait(fake_time, *[said("authorization_pending")] * 12, (True, {}))

    assert capsys.readouterr().out.splitlines() == [
        "Still waiting, 30 minutes left.",
        "Still waiting, 29 minutes left.",
    ]
