"""What a link fills into a form."""

from __future__ import annotations


def prefilled(field: str, given: str) -> dict[str, str]:
    """The initial value of a field from a link: bounded, and never odd."""
    return {field: given[:254]} if given and given.isprintable() else {}
