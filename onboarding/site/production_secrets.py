"""Fills the empty secrets of a `.env` in; what it has already stays as it is."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final

# Commands that make secrets: they start before there are any.
MAKING_COMMANDS: Final = ("make_license_key", "setup_production")
# What the example says where only the operator knows better.
_EXAMPLE: Final = re.compile(r"\bexample\.com\b")
_LINE: Final = re.compile(r"(?P<name>[A-Z][A-Z_]+)=(?P<value>.*)")


def _token() -> str:
    return secrets.token_urlsafe(48)


# Each secret that nobody but the portal and its neighbors has to know, and how it's made.
MADE: Final[Mapping[str, Callable[[], str]]] = {
    "SECRET_KEY": _token,
    "PORTAL_SEED_KEYS": _token,
    "PORTAL_VENDOR_TOKEN": _token,
    "PORTAL_METRICS_TOKEN": _token,
    "PORTAL_WEBHOOK_SECRET": lambda: f"webhooks:{secrets.token_urlsafe(32)}",
    "POSTGRES_PASSWORD": lambda: secrets.token_urlsafe(32),
}


def filled_in(text: str, given: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text of a `.env` with each secret that it lacked, and with `given` where it's lacking;
    and the names of what was added. A secret that is read from a file (`NAME_FILE`) isn't lacking.
    """
    values = settings_in(text)
    made = {name: make() for name, make in MADE.items() if not values.get(f"{name}_FILE")}
    wanted = {**made, **given}
    lacking = {name: value for name, value in wanted.items() if not values.get(name)}
    lines = [_filled_line(line, lacking) for line in text.splitlines()]
    absent = [f"{name}={value}" for name, value in lacking.items() if name not in values]
    return "\n".join([*lines, *absent]) + "\n", sorted(lacking)


def left_to_fill_in(text: str) -> list[str]:
    """The names whose values are still those of the example."""
    return [name for name, value in settings_in(text).items() if _EXAMPLE.search(value)]


def settings_in(text: str) -> dict[str, str]:
    """What a `.env` sets, by name."""
    found = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {match["name"]: match["value"].strip().strip("\"'") for match in found if match}


def _filled_line(line: str, lacking: Mapping[str, str]) -> str:
    match = _LINE.fullmatch(line.strip())
    if match and match["name"] in lacking:
        return f"{match['name']}={lacking[match['name']]}"
    return line
