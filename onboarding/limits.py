"""Limits on acts of the guide, of support and of the desk (SPEC 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from accounts.limits import Rate, declare

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_RATES: Final = {
    "find": (Rate(5, _MINUTE), Rate(30, _HOUR), Rate(10_000, _HOUR, in_all=True)),
    "find_join": (Rate(3, _HOUR, by_key=True),),
    "key": (Rate(10, 10 * _MINUTE), Rate(30, _HOUR), Rate(5_000, _HOUR, in_all=True)),
    "key_mail": (Rate(3, _HOUR, by_key=True),),
    "support": (Rate(5, _HOUR), Rate(200, _HOUR, in_all=True)),
    "purchase_file": (Rate(30, _HOUR, by_key=True),),
}
declare(_RATES, of_people=("purchase_file",))
