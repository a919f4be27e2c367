"""Which days of use an instance may report, by network or by file (SPEC 4.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

MAX_DAYS_IN_REPORT: Final = 400
MAX_PEAK_USERS: Final = 1_000_000
_MAX_AGE: Final = timedelta(days=400)
# By which a day may lie in the future, somewhere on earth.
_AHEAD: Final = timedelta(days=1)


def is_in_future(day: date, *, today: date) -> bool:
    """True when `day` hasn't come anywhere on earth; `today` is in UTC."""
    return day > today + _AHEAD


def is_too_old(day: date, *, today: date) -> bool:
    """True when `day` is more than 400 days back."""
    return day < today - _MAX_AGE
