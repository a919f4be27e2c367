"""Versions of RAS: their syntax, and the release day of each major version."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

# Add a line for each new major version. A permanent license covers it when its upgrade insurance
# was valid on that day (SPEC 4.2).
RELEASED_ON: Final[dict[int, date]] = {
    14: date(2015, 1, 20),
    15: date(2015, 12, 1),
    16: date(2017, 6, 6),
    17: date(2019, 1, 15),
    18: date(2020, 12, 15),
    19: date(2022, 7, 26),
    20: date(2024, 11, 12),
    21: date(2026, 3, 10),
}
# The first version that needs a business account (SPEC A3).
ACCOUNT_REQUIRED_FROM_MAJOR: Final = 15
_VERSION: Final = re.compile(r"\d{1,3}(?:\.\d{1,6}){0,3}", re.ASCII)
_PARTS: Final = 4
MAX_VERSION_LENGTH: Final = 20


def major(version: str) -> int | None:
    """The major version of `20.0.1`, else None for anything that isn't a version."""
    numbers = ordered(version)
    return numbers[0] if numbers else None


def ordered(version: str) -> tuple[int, ...]:
    """Four numbers to compare versions by, `20` being `20.0`; () for anything else."""
    if len(version) > MAX_VERSION_LENGTH or not _VERSION.fullmatch(version):
        return ()
    parts = [int(part) for part in version.split(".")]
    return tuple(parts + [0] * (_PARTS - len(parts)))


def released_by(day: date) -> int:
    """The newest major version released by `day`; 0 before the first."""
    return max((number for number, on in RELEASED_ON.items() if on <= day), default=0)
