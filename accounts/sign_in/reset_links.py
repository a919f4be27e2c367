"""Which reset links have changed a password already, as long as they could be opened again."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache


def note_used(key: str) -> None:
    """Remember that this link's key has changed the password; no key stands there in the clear."""
    cache.set(_name(key), True, settings.PASSWORD_RESET_TIMEOUT)


def was_used(key: str) -> bool:
    """True when this link has changed the password within the last hour."""
    return cache.get(_name(key)) is True


def _name(key: str) -> str:
    return f"used-reset:{hashlib.sha256(key.encode()).hexdigest()}"
