"""Texts that a spreadsheet program would run when it opens an export (SPEC 5)."""

from __future__ import annotations

from typing import Final

# Also in their East Asian forms.
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def is_formula(text: str) -> bool:
    """True when a spreadsheet program could take `text` for a formula."""
    return text.startswith(_STARTS)
