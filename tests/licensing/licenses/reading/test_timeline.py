"""Where things lie on a license's timeline: pure geometry, no database and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from licensing.licenses.reading.timeline import EDGE_PERCENT, MAX_TICKS, Timeline, draw

TODAY = date(2026, 11, 24)


@dataclass
class License:
    """What the drawing needs to know."""

    kind: str = "subscription"
    starts_on: date = date(2026, 3, 1)
    ends_on: date | None = date(2027, 2, 28)
    upgrade_insurance_until: date | None = None
    version_bought: str = ""
    suspended_at: datetime | None = None


def permanent(starts_on: date, insured_until: date | None) -> License:
    return License("permanent", starts_on, None, insured_until, "19")


def kinds(drawn: Timeline) -> list[str]:
    return [span.kind for span in drawn.spans]


def test_grace_begins_where_the_term_ends() -> None:
    drawn = draw(License(), TODAY)

    term, grace = drawn.spans
    assert (term.kind, grace.kind) == ("term", "grace")
    assert term.x + term.width == pytest.approx(grace.x, abs=0.02)
    assert term.y == grace.y
    assert term.width / grace.width == pytest.approx(365 / 30, rel=0.01)
    assert term.words == "Mar 1, 2026 – Feb 28, 2027"
    assert grace.words == "Mar 1, 2027 – Mar 30, 2027"


def test_today_lies_in_the_term_at_its_part() -> None:
    drawn = draw(License(), TODAY)

    term = drawn.spans[0]
    assert (drawn.today.x - term.x) / term.width == pytest.approx(268 / 365, abs=0.001)
    assert drawn.where == "Today, Nov 24, 2026, is in the term."


def test_a_trial_has_no_grace() -> None:
    drawn = draw(License("trial", date(2026, 11, 1), date(2026, 12, 1)), TODAY)

    assert kinds(drawn) == ["term"]


def test_a_permanent_license_runs_to_the_edge_and_shows_its_insurance_below() -> None:
    drawn = draw(permanent(date(2023, 1, 15), date(2027, 6, 1)), TODAY)

    term, insurance = drawn.spans
    assert term.x + term.width == 100
    assert insurance.kind == "insurance"
    assert insurance.y > term.y
    assert insurance.x == term.x
    assert drawn.today.x < insurance.x + insurance.width < 100
    assert term.words == "since Jan 15, 2023, no end date"


@pytest.mark.parametrize(
    ("today", "where"),
    [
        (date(2026, 2, 28), "Today, Feb 28, 2026, is before the term."),
        (date(2026, 3, 1), "Today, Mar 1, 2026, is in the term."),
        (date(2027, 2, 28), "Today, Feb 28, 2027, is in the term."),
        (date(2027, 3, 1), "Today, Mar 1, 2027, is in the grace period."),
        (date(2027, 3, 30), "Today, Mar 30, 2027, is in the grace period."),
        (date(2027, 3, 31), "Today, Mar 31, 2027, is after the end."),
    ],
)
def test_words_say_where_today_is(today: date, where: str) -> None:
    assert draw(License(), today).where == where


def test_long_times_are_marked_in_years_and_short_ones_in_weeks() -> None:
    short = draw(License("trial", date(2026, 11, 1), date(2026, 12, 1)), TODAY)
    long = draw(permanent(date(2016, 5, 1), None), TODAY)

    assert [tick.label for tick in short.ticks] == ["Nov 9", "Nov 16", "Nov 23", "Nov 30"]
    assert all(tick.label.isdigit() for tick in long.ticks)
    assert 2 <= len(long.ticks) <= MAX_TICKS


days = st.dates(date(2005, 1, 1), date(2060, 1, 1))


@given(days, st.integers(0, 9000), st.none() | days, days, st.sampled_from(["s", "permanent"]))
def test_nothing_ever_leaves_the_drawing(
    starts_on: date, length: int, insured: date | None, today: date, kind: str
) -> None:
    if kind == "permanent":
        license = permanent(starts_on, insured if insured and insured >= starts_on else None)
    else:
        license = License("subscription", starts_on, starts_on + timedelta(days=length))

    drawn = draw(license, today)

    for span in drawn.spans:
        assert 0 <= span.x <= span.x + span.width <= 100.01
        assert span.width > 0
        assert span.y + 12 <= drawn.axis < drawn.height
    assert 0 <= drawn.today.x <= 100
    assert len(drawn.ticks) <= MAX_TICKS
    assert all(EDGE_PERCENT < tick.x < 100 - EDGE_PERCENT for tick in drawn.ticks)
    assert sorted(tick.x for tick in drawn.ticks) == [tick.x for tick in drawn.ticks]


def test_the_drawing_has_words_for_who_cannot_see_it() -> None:
    drawn = draw(License(), TODAY)

    page = render_to_string("allauth/elements/timeline.html", {"attrs": {"timeline": drawn}})

    assert 'role="img" aria-label="Today, Nov 24, 2026, is in the term."' in page
    assert "<b>Grace</b> Mar 1, 2027 – Mar 30, 2027" in page


def test_places_are_written_with_a_point_in_every_language() -> None:
    drawn = draw(License(), TODAY)

    page = render_to_string("allauth/elements/timeline.html", {"attrs": {"timeline": drawn}})

    assert f'x1="{drawn.today.x}%"' in page
