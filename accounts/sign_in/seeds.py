"""Second steps' seeds at rest: encrypted with keys that don't stand in the database."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from accounts.errors import SeedUnreadable

# In the first key's place: seeds are written as the release before this rule reads them.
CLEAR: Final = "clear"
_MARK: Final = "enc1:"  # no seed has a colon: TOTP's are base32, recovery codes' hexadecimal


def encrypt(seed: str) -> str:
    """`seed` under the first of PORTAL_SEED_KEYS; as it is when that one is `clear`."""
    if settings.PORTAL_SEED_KEYS[0] == CLEAR:
        return seed
    return _MARK + _first().encrypt(seed.encode()).decode()


def decrypt(stored: str) -> str:
    """What `encrypt` was given, under any of the keys; raises SeedUnreadable when none fits.

    Seeds from before there were keys are read, too.
    """
    if not stored.startswith(_MARK):
        return stored
    try:
        return _all().decrypt(stored.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        raise SeedUnreadable from None


def is_current(stored: str) -> bool:
    """True when `stored` is as `encrypt` would write it today."""
    if settings.PORTAL_SEED_KEYS[0] == CLEAR:
        return not stored.startswith(_MARK)
    try:
        _first().decrypt(stored.removeprefix(_MARK).encode())
    except InvalidToken:
        return False
    return stored.startswith(_MARK)


def _first() -> Fernet:
    return _fernet(settings.PORTAL_SEED_KEYS[0])


def _all() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.PORTAL_SEED_KEYS if key != CLEAR])


@lru_cache(maxsize=16)
def _fernet(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"portal second step seeds")
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))
