"""Product versions as people type them."""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

ACCOUNT_REQUIRED_FROM_MAJOR = 15
"""The first major version that asks for a business account (SPEC A3)."""

MAX_VERSION_LENGTH = 20

# ASCII digits only: \d would accept "٣", which nobody can compare with a console's display.
_SHAPE = re.compile(r"[vV]?([1-9][0-9]{0,1}(?:\.[0-9]{1,5}){0,3})")


class NotAVersion(ValueError):
    """The text isn't a version such as 15, 19.3 or 21.0.1."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A product version; 15 and 15.0 are the same."""

    parts: tuple[int, ...]
    text: str = field(compare=False)

    @property
    def major(self) -> int:
        return self.parts[0]

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Version:
    """The version that `text` names; raises NotAVersion."""
    text = text.strip(" \t")
    match = _SHAPE.fullmatch(text) if len(text) <= MAX_VERSION_LENGTH else None
    if match is None:
        raise NotAVersion(text)
    numbers = [int(part) for part in match[1].split(".")]
    # Padded to one length, so that tuples compare as versions do.
    parts = tuple(number for number, _ in zip_longest(numbers, range(4), fillvalue=0))
    return Version(parts=parts, text=match[1])
