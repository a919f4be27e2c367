"""All audit events: each package declares its own, and this one knows nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from django.db import models
from django.utils.functional import Promise

E = TypeVar("E", bound=models.TextChoices)

# By the event's name, as it is stored.
LABELS: Final[dict[str, str | Promise]] = {}
SENTENCES: Final[dict[str, str | Promise]] = {}
# The noun in front of an event's name, and what the filter of the activity page calls it.
KINDS: Final[dict[str, str | Promise]] = {}


def declare(
    events: type[E],
    *,
    sentences: Mapping[E, str | Promise],
    kinds: Mapping[str, str | Promise],
) -> None:
    """Make events known: with a sentence each, and the kinds that the log can be filtered by.

    Called as the package's events are imported; a name is declared once.
    """
    names = [str(event.value) for event in events]
    assert set(sentences) == set(names), set(sentences) ^ set(names)
    assert LABELS.keys().isdisjoint(names), names
    assert KINDS.keys().isdisjoint(kinds), kinds
    LABELS.update((str(event.value), event.label) for event in events)
    SENTENCES.update((str(name), sentence) for name, sentence in sentences.items())
    KINDS.update(kinds)
