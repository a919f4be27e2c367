"""The geometry of the usage chart."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from licensing.fleet.reading import chart

TODAY = date(2026, 11, 24)


def percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


def test_a_day_stands_at_its_place_as_high_as_its_peak() -> None:
    drawn = chart.draw({TODAY: 50}, seats=100, last=TODAY)

    (bar,) = drawn.bars
    assert drawn.scale[0].value == 120  # the end of the scale
    assert percent(bar.height) == pytest.approx(50 / 120 * 100, abs=0.01)
    assert percent(bar.y) + percent(bar.height) == pytest.approx(100, abs=0.02)
    # The last of 90 places.
    assert percent(bar.x) > 100 * 89 / 90
    assert percent(bar.x) + percent(bar.width) < 100


def test_the_line_of_seats_lies_where_a_bar_as_high_would_end() -> None:
    drawn = chart.draw({TODAY: 25, TODAY - timedelta(days=1): 26}, seats=25, last=TODAY)

    over, level = drawn.bars
    assert drawn.seats is not None
    assert level.y == drawn.seats.at
    assert (level.is_over, over.is_over) == (False, True)
    assert drawn.days_over == 1


def test_days_without_a_report_and_days_outside_are_not_drawn() -> None:
    first = TODAY - timedelta(days=89)
    usage = {
        first - timedelta(days=1): 9,
        first: 1,
        TODAY: 2,
        TODAY + timedelta(days=1): 9,
    }

    drawn = chart.draw(usage, seats=10, last=TODAY)

    assert [bar.day for bar in drawn.bars] == [first, TODAY]
    assert drawn.first == first


def test_no_bar_overlaps_the_next() -> None:
    usage = {TODAY - timedelta(days=age): age for age in range(90)}

    bars = chart.draw(usage, seats=100, last=TODAY).bars

    assert len(bars) == 90
    assert all(
        percent(one.x) + percent(one.width) < percent(next_one.x)
        for one, next_one in pairwise(bars)
    )


@pytest.mark.parametrize(
    ("highest", "top"),
    [
        (0, 4),
        (1, 4),
        (4, 6),
        (9, 10),
        (10, 12),
        (31, 40),
        (60, 80),
        (100, 120),
        (999, 1200),
        (1_000_000_000, 1_200_000_000),
    ],
)
def test_the_scale_ends_above_the_highest_at_a_round_number(highest: int, top: int) -> None:
    scale = [mark.value for mark in chart.draw({TODAY: highest}, seats=None, last=TODAY).scale]

    assert scale == [top, top // 2, 0]


def test_a_zero_is_a_report_too_and_nothing_divides_by_it() -> None:
    drawn = chart.draw({TODAY: 0}, seats=0, last=TODAY)

    assert drawn.bars[0].height == "0.00%"
    assert drawn.bars[0].is_over is False


def test_months_are_marked_at_their_first_day_unless_they_would_be_cut_off() -> None:
    assert [mark.value for mark in chart.draw({}, seats=1, last=TODAY).months] == [
        date(2026, 9, 1),
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]
    assert date(2026, 12, 1) not in [
        mark.value for mark in chart.draw({}, seats=1, last=date(2026, 12, 3)).months
    ]


def test_the_highest_is_the_latest_of_several_alike() -> None:
    usage = {TODAY: 5, TODAY - timedelta(days=3): 7, TODAY - timedelta(days=9): 7}

    assert chart.draw(usage, seats=10, last=TODAY).highest.day == TODAY - timedelta(days=3)


def test_without_seats_there_is_no_line_and_nothing_is_over() -> None:
    drawn = chart.draw({TODAY: 5}, seats=None, last=TODAY)

    assert drawn.seats is None
    assert drawn.days_over == 0
