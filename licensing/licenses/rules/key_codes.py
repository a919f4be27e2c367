"""License keys: `RAS1-XXXXX-XXXXX-XXXXX-XXXXX`, Crockford base32 with a check character.

The last character is Luhn's check modulo 32: it catches every single mistyped character and every
swap of neighbors (except 0 and Z), before any look-up (SPEC 4.2).
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "RAS1"
_LENGTH: Final = 20
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LEGACY: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{6,38}[A-Z0-9]")
# What mail programs and word processors turn a dash into or insert, visible or not.
_DASH: Final = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_-]")
_SPACE: Final = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]+")


# Python's base32 alphabet mapped to our characters, to their values, and to the values that Luhn's
# algorithm doubles.
_BASE32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_OURS: Final = bytes.maketrans(_BASE32, ALPHABET.encode())
_VALUES: Final = bytes.maketrans(_BASE32, bytes(range(32)))
_DOUBLED: Final = bytes.maketrans(_BASE32, bytes(2 * n // 32 + 2 * n % 32 for n in range(32)))
# Nineteen characters of five bits each, from fifteen random bytes.
_BYTES, _CHARACTERS, _BODY = 15, 24, 19


class InvalidKey(ValueError):
    """The text can't be a key; the message says why and can be shown to people."""


def new_code() -> str:
    """A new key with 95 random bits."""
    return next(new_codes(1))


def new_codes(count: int) -> Iterator[str]:
    """New keys, ten times faster than one by one; an import creates a hundred thousand."""
    random = base64.b32encode(secrets.token_bytes(_BYTES * count))
    texts, values = random.translate(_OURS).decode(), random.translate(_VALUES)
    doubled = random.translate(_DOUBLED)
    for start in range(0, _CHARACTERS * count, _CHARACTERS):
        end = start + _BODY
        total = sum(doubled[start:end:2]) + sum(values[start + 1 : end : 2])
        text = texts[start:end] + ALPHABET[-total % 32]
        yield f"{PREFIX}-{text[:5]}-{text[5:10]}-{text[10:15]}-{text[15:]}"


def canonical(text: str) -> str:
    """The key in canonical form, as it is stored; raises InvalidKey.

    Any case, spaces or dashes; O, I and L are read as 0, 1 and 1. Keys of older versions keep
    their own form, in capitals.
    """
    legacy = _DASH.sub("-", _SPACE.sub("", text.upper()))
    plain = legacy.replace("-", "")
    if plain[: len(PREFIX)].translate(_READ_AS) == PREFIX:
        return _ours(plain[len(PREFIX) :])
    if not _LEGACY.fullmatch(legacy):
        raise InvalidKey(_("A key looks like RAS1-XXXXX-XXXXX-XXXXX-XXXXX."))
    return legacy


def _ours(text: str) -> str:
    body = text.translate(_READ_AS)
    if strange := next((character for character in body if character not in ALPHABET), None):
        raise InvalidKey(
            _("A key never contains %(character)s. Check it against the original.")
            % {"character": strange}
        )
    if len(body) != _LENGTH:
        raise InvalidKey(
            _("A key has %(length)d characters after %(prefix)s; this one has %(count)d.")
            % {"length": _LENGTH, "prefix": PREFIX, "count": len(body)}
        )
    if _check(body[:-1]) != body[-1]:
        raise InvalidKey(_("This key has a typo. Check it against the original."))
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
