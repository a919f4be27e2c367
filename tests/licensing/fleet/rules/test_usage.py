from __future__ import annotations

from datetime import date, timedelta

import pytest

from licensing.fleet.rules import usage

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("days", "answer"), [(-1, False), (0, False), (1, False), (2, True)])
def test_tomorrow_has_come_somewhere_and_the_day_after_nowhere(days: int, answer: bool) -> None:
    assert usage.is_in_future(TODAY + timedelta(days=days), today=TODAY) is answer


@pytest.mark.parametrize(("days", "answer"), [(0, False), (400, False), (401, True)])
def test_400_days_back_can_be_reported(days: int, answer: bool) -> None:
    assert usage.is_too_old(TODAY - timedelta(days=days), today=TODAY) is answer
