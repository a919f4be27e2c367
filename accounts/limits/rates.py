"""How often each act may be done; each package declares its own (SPEC 5, docs/limits.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class Rate:
    """At most `amount` in `span`: for each address of origin, for each given key (by_key), or for
    all the world (in_all), which bounds what many origins make the database keep (SPEC 5)."""

    amount: int
    span: timedelta
    by_key: bool = False
    in_all: bool = False


_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
RATES: Final[dict[str, tuple[Rate, ...]]] = {}
OF_PEOPLE: Final[set[str]] = set()


def declare(rates: Mapping[str, tuple[Rate, ...]], *, of_people: Collection[str]) -> None:
    """Make a package's acts countable; `of_people` are those of somebody's own browser or token,
    which go on while strangers have begun too many counters."""
    assert RATES.keys().isdisjoint(rates), rates.keys() & RATES.keys()
    assert set(of_people) <= rates.keys(), of_people
    RATES.update(rates)
    OF_PEOPLE.update(of_people)


_RATES: Final = {
    "sign_in_origin": (Rate(10, _MINUTE), Rate(60, _HOUR)),
    "sign_in_network": (Rate(5, 5 * _MINUTE, by_key=True),),
    "sign_in_account": (Rate(60, _HOUR, by_key=True),),
    "sign_in_browser": (Rate(5, 5 * _MINUTE, by_key=True), Rate(60, _HOUR, by_key=True)),
    "reset_mail": (Rate(3, _HOUR, by_key=True), Rate(5_000, _HOUR, in_all=True)),
    "unknown_code": (Rate(10, 10 * _MINUTE, by_key=True),),
    "unknown_code_network": (Rate(5, 10 * _MINUTE, by_key=True),),
    "unknown_reset": (Rate(3, _HOUR, by_key=True), Rate(5_000, _HOUR, in_all=True)),
    "reset_mail_browser": (Rate(3, _HOUR, by_key=True),),
    # Shorter than a code's life: while no new one goes out, the mailbox holds one that works.
    "code_mail": (Rate(10, 10 * _MINUTE, by_key=True),),
    "code_mail_network": (Rate(5, 10 * _MINUTE, by_key=True),),
    "code_mail_browser": (Rate(5, 10 * _MINUTE, by_key=True),),
    "code_request": (Rate(5, _MINUTE), Rate(20, _HOUR), Rate(10_000, _HOUR, in_all=True)),
    "sign_in_code": (Rate(5, _MINUTE), Rate(30, _HOUR)),
    "code": (Rate(10, 10 * _MINUTE),),
    "code_tries": (Rate(5, _HOUR, by_key=True),),
    "ask": (Rate(5, _HOUR, by_key=True), Rate(5_000, _HOUR, in_all=True)),
    "lost": (Rate(3, _HOUR, by_key=True),),
    "not_me": (Rate(3, _HOUR, by_key=True),),
    "session": (Rate(60, _MINUTE), Rate(300, _HOUR), Rate(50_000, _HOUR, in_all=True)),
    "passkey": (Rate(20, _MINUTE), Rate(100, _HOUR)),
    "passkey_challenge": (Rate(1, _HOUR, by_key=True),),
}
# Of the last, there are no more than codes on their way.
_OF_BROWSERS: Final = (
    "sign_in_browser",
    "reset_mail_browser",
    "code_mail_browser",
    "code_tries",
)
declare(_RATES, of_people=_OF_BROWSERS)
