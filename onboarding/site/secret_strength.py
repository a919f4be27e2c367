"""Tells secrets that somebody could guess."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_FEWEST_CHARACTERS: Final = 7  # different ones: even 50 random digits have as many
# Words from examples, tutorials and unedited templates; a random secret won't contain them.
_PLACEHOLDERS: Final = (
    "changeme",
    "changethis",
    "default",
    "example",
    "insecure",
    "password",
    "placeholder",
    "replaceme",
    "secret",
)


def weakness(value: str, *, least: int) -> str:
    """What is wrong with a secret of fewer than `least` characters, or a guessable one; else ""."""
    if len(value) < least:
        return f"it has {len(value)} characters, and needs {least} random ones"
    plain = re.sub(r"[^a-z]", "", value.lower())
    if any(word in plain for word in _PLACEHOLDERS):
        return "it reads like a placeholder, and needs to be random"
    if len(set(value)) < _FEWEST_CHARACTERS or _repeats(value) or _counts(value):
        return "it repeats itself or counts up, and needs to be random"
    return ""


def _repeats(value: str) -> bool:
    """Fewer than half of its groups of three are different: of a random value nearly all are."""
    groups = [value[place : place + 3] for place in range(len(value) - 2)]
    return len(set(groups)) * 2 < len(groups)


def _counts(value: str) -> bool:
    """In more than half of it, each character is the neighbor of the one before."""
    steps = [abs(ord(one) - ord(other)) for one, other in pairwise(value)]
    return sum(step == 1 for step in steps) * 2 > len(steps)
