"""License keys: `RAS1-XXXXX-XXXXX-XXXXX-XXXXX`, Crockford base32 with a check character.

The last character is Luhn's check modulo 32: it catches every single mistyped character and every
swap of neighbors (except 0 and Z), before any look-up (SPEC 4.2).
"""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "RAS1"
_LENGTH: Final = 20
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LEGACY: Final = re.compile(r"[A-Z0-9]([A-Z0-9-]{6,38})[A-Z0-9]")
_DASHES: Final = re.compile(r"[\s\u2010-\u2015\u2212_-]+")


class InvalidKey(ValueError):
    """The text can't be a key; the message says why."""


def new_code() -> str:
    """A fresh key: 95 random bits."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return _grouped(body + _check(body))


def canonical(text: str) -> str:
    """The key in the one form that is stored; raises InvalidKey.

    Any case, spaces or dashes; O, I and L are read as 0, 1 and 1. Keys of older versions keep
    their own form, in capitals.
    """
    upper = text.strip().upper()
    plain = _DASHES.sub("", upper)
    if plain.startswith(PREFIX):
        return _ours(plain.removeprefix(PREFIX))
    legacy = re.sub(r"\s+", "", upper)
    if not _LEGACY.fullmatch(legacy):
        raise InvalidKey("A key looks like RAS1-XXXXX-XXXXX-XXXXX-XXXXX.")
    return legacy


def _ours(text: str) -> str:
    body = text.translate(_READ_AS)
    if len(body) != _LENGTH:
        raise InvalidKey(f"A key has {_LENGTH} characters after {PREFIX}; this has {len(body)}.")
    if strange := sorted(set(body) - set(ALPHABET)):
        raise InvalidKey(f"A key never contains {strange[0]}.")
    if _check(body[:-1]) != body[-1]:
        raise InvalidKey("A character is wrong in this key. Compare it with the original.")
    return _grouped(body)


def _check(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def _grouped(body: str) -> str:
    groups = [body[start : start + 5] for start in range(0, _LENGTH, 5)]
    return "-".join([PREFIX, *groups])
