"""What the words of a caller may be: pure, so that the search asks only where it can find them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final

from accounts.identity.addresses import InvalidEmail, canonical_email
from licensing.licenses.rules import key_codes

_REFERENCE: Final = re.compile(r"[2-9A-Z]{3}-[2-9A-Z]{4}")
MAX_QUERY_LENGTH: Final = 254


@dataclass(frozen=True)
class SearchTerms:
    """The words, and in the form that is stored what else they can stand for; "" when not."""

    text: str
    email: str
    code: str
    number: uuid.UUID | None
    reference: str

    @property
    def domain(self) -> str:
        return "" if self.email else self.text.lower().lstrip("@")

    @property
    def is_a_name(self) -> bool:
        """False when they can only be one exact thing: reading all names would find nothing."""
        return not (self.email or self.number or self.code.startswith(key_codes.PREFIX))


def read(text: str) -> SearchTerms | None:
    """Nothing for what nobody could say."""
    text = text.strip()[:MAX_QUERY_LENGTH]
    if not text or not text.isprintable():
        return None
    reference = text.upper()
    return SearchTerms(
        text=text,
        email=_email(text),
        code=_code(text),
        number=_number(text),
        reference=reference if _REFERENCE.fullmatch(reference) else "",
    )


def _email(text: str) -> str:
    try:
        return canonical_email(text)
    except InvalidEmail:
        return ""


def _code(text: str) -> str:
    try:
        return key_codes.canonical(text)
    except key_codes.InvalidKey:
        return ""


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
