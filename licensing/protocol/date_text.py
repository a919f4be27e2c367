"""Days as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format


def in_words(day: date | None) -> str:
    """Such as “Nov 24, 2026”; empty without a day. A moment is said by its day."""
    return date_format(day, "M j, Y") if day else ""
