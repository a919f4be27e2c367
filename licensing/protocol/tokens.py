"""Secrets that are shown once and stored as digest: device codes, instance and other tokens."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

# RFC 8628 §6.1: no vowels, so no words; 20^8 codes.
USER_CODE_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LENGTH: Final = 8


def new_secret(prefix: str) -> str:
    """256 random bits; the prefix tells people and secret scanners what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is stored of a secret: SHA-256, in hex. The secrets are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_user_code() -> str:
    return "".join(secrets.choice(USER_CODE_ALPHABET) for _ in range(USER_CODE_LENGTH))


def read_user_code(text: str) -> str:
    """A typed code in the stored form, whatever its case, spaces or dashes; "" when it is none."""
    code = "".join(character for character in text if character.isalnum())
    if len(code) != USER_CODE_LENGTH or not code.isascii():
        return ""
    return code.upper() if set(code.upper()) <= set(USER_CODE_ALPHABET) else ""


def checksum(digest: str) -> str:
    """Eight letters of a file's digest, for comparing by eye; of the alphabet of the codes."""
    number = int(digest[:16] or "0", 16)
    letters = []
    for _place in range(USER_CODE_LENGTH):
        number, rest = divmod(number, len(USER_CODE_ALPHABET))
        letters.append(USER_CODE_ALPHABET[rest])
    return "".join(letters)


def dashed(code: str) -> str:
    """Eight letters as people see them: `XXXX-XXXX`."""
    return f"{code[:4]}-{code[4:]}"
