"""The gate before the hash as tests need it: small, of their own, and full on demand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from django.test import override_settings

from accounts.limits import hash_gate


@contextmanager
def small(folder: Path, slots: int = 1) -> Iterator[None]:
    """A gate of its own, with so many slots."""
    with override_settings(PORTAL_DATA_DIR=folder, PORTAL_HASHES_AT_ONCE=slots):
        yield


@contextmanager
def full(folder: Path, *, until: float | None = None) -> Iterator[None]:
    """One hashes and two wait; the one leaves after `until` seconds, the two go on waiting."""
    with small(folder):
        slot, *places = (take(name) for name in ("slot-0", *hash_gate.ANONYMOUS.places))
        if until is None:
            places.append(slot)
        else:
            Timer(until, os.close, [slot]).start()
        try:
            yield
        finally:
            for place in places:
                os.close(place)


def take(name: str) -> int:
    """Hold the lock of a place or slot; closing the file frees it."""
    taken: Any = hash_gate._first_free([name])
    assert taken is not None, f"{name} isn't free"
    return int(taken)
