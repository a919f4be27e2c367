"""What a look at the portal's surroundings found, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """What was found; beyond GOOD, it says what to do."""

    level: Level
    text: str


def good(text: str) -> Finding:
    return Finding(Level.GOOD, text)


def warning(text: str) -> Finding:
    return Finding(Level.WARNING, text)


def error(text: str) -> Finding:
    return Finding(Level.ERROR, text)
