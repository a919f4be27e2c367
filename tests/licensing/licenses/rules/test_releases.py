from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.licenses.rules import releases

PARTS = st.lists(st.integers(0, 999), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("version", "major"),
    [
        ("20", 20),
        ("20.0", 20),
        ("20.0.1", 20),
        ("19.4.26274", 19),
        ("21.0.1.123456", 21),
        ("", None),
        ("v20", None),
        ("20.", None),
        (".20", None),
        ("20..1", None),
        ("20.0.0.0.0", None),
        ("1000", None),
        ("20 ", None),
        ("20\n", None),
        ("-20", None),
        ("20.0-beta", None),
        ("٢٠.0", None),
    ],
)
def test_a_version_is_up_to_four_numbers_with_dots(version: str, major: int | None) -> None:
    assert releases.major(version) == major
    assert bool(releases.ordered(version)) is (major is not None)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("9.9", "10.0"),
        ("20.9", "20.10"),
        ("20.0.1", "20.1"),
        ("20", "20.0.1"),
        ("19.4.26274", "20"),
    ],
)
def test_versions_are_compared_as_numbers(lower: str, higher: str) -> None:
    assert releases.ordered(lower) < releases.ordered(higher)


@given(parts=PARTS)
def test_zeros_at_the_end_make_no_other_version(parts: list[int]) -> None:
    version = ".".join(map(str, parts))
    longer = ".".join(map(str, [*parts, 0, 0, 0][:4]))

    assert releases.ordered(version) == releases.ordered(longer)


def test_every_major_version_came_out_after_the_one_before() -> None:
    days = list(releases.RELEASED_ON.values())

    assert list(releases.RELEASED_ON) == sorted(releases.RELEASED_ON)
    assert days == sorted(days)


@pytest.mark.parametrize(("number", "day"), releases.RELEASED_ON.items())
def test_a_version_is_out_from_its_day_on(number: int, day: date) -> None:
    assert releases.released_by(day) == number
    assert releases.released_by(day - timedelta(days=1)) < number


def test_nothing_was_out_before_the_first() -> None:
    assert releases.released_by(date(2000, 1, 1)) == 0
