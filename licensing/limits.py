"""Limits on acts around licenses (SPEC 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from accounts.limits import Rate, declare

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_RATES: Final = {
    "api": (Rate(120, _MINUTE, by_key=True),),
    "user_code_origin": (Rate(10, 10 * _MINUTE),),
    "user_code_person": (Rate(5, 10 * _MINUTE, by_key=True),),
    "key_entry": (Rate(10, 10 * _MINUTE, by_key=True),),
    "request_file": (Rate(30, 10 * _MINUTE, by_key=True),),
    "device": (Rate(30, 10 * _MINUTE), Rate(20_000, _HOUR, in_all=True)),
}
declare(_RATES, of_people=("api", "user_code_person", "key_entry", "request_file"))
