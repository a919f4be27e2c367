"""The gate before the hash: one cap for a machine, not for each process (SPEC 6).

Checking a password takes a core a tenth of a second and 46 MiB, so only a few are checked at once,
a few wait, and everyone else is told at once to try again. Slots are file locks: the kernel
releases them when a process dies, and containers that share the folder share the cap.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from django.conf import settings

PATIENCE_SECONDS: Final = 10.0
RETRY_AFTER_SECONDS: Final = 5
_KEPT_ROOMS: Final = 16


class Busy(Exception):
    """No slot is free; nothing was looked up or changed."""


@dataclass(frozen=True)
class Lane:
    """A queue for a free slot. Without places, callers wait as long as it takes (commands).

    The lane that polls more often for a free slot (`look_every`, in seconds) usually gets it.
    """

    places: tuple[str, ...]
    patience: float = PATIENCE_SECONDS
    look_every: float = 0.002


ANONYMOUS: Final = Lane(("anonymous-0", "anonymous-1"), look_every=0.01)
COMMANDS: Final = Lane((), patience=60.0)


def kept(who: str, *, places: int = 2) -> Lane:
    """The lane for people who have proven something: a known browser, a session, a mailed link.

    No one of them can fill it: each always waits in the same one of sixteen small queues.
    """
    room = int.from_bytes(hashlib.sha256(who.encode()).digest()[:2]) % _KEPT_ROOMS
    return Lane(tuple(f"kept-{room}-{place}" for place in range(places)))


_inside: ContextVar[bool] = ContextVar("inside", default=False)
_lane: ContextVar[Callable[[], Lane]] = ContextVar("lane", default=lambda: COMMANDS)


@contextmanager
def through(lane: Lane | None = None) -> Iterator[None]:
    """Hold one of the machine's hashing slots; raises Busy. Reentrant.

    Without `lane`, use the one that `lane_is` set.
    """
    if _inside.get():
        yield
        return
    slot = _enter(lane or _lane.get()())
    inside = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(inside)
        os.close(slot)


@contextmanager
def lane_is(choose: Callable[[], Lane]) -> Iterator[None]:
    """Inside, hashes without an explicit lane use the one that `choose` returns."""
    before = _lane.set(choose)
    try:
        yield
    finally:
        _lane.reset(before)


def _enter(lane: Lane) -> int:
    """Lock a slot; raises Busy when no waiting place is free, or after the lane's patience."""
    slots = [f"slot-{number}" for number in range(settings.PORTAL_HASHES_AT_ONCE)]
    if (slot := _first_free(slots)) is not None:
        return slot
    place = None
    if lane.places and (place := _first_free(lane.places)) is None:
        raise Busy
    deadline = time.monotonic() + lane.patience
    try:
        while (slot := _first_free(slots)) is None:
            if time.monotonic() > deadline:
                raise Busy
            time.sleep(lane.look_every)
    finally:
        if place is not None:
            os.close(place)
    return slot


def _first_free(names: Iterable[str]) -> int | None:
    """Lock the first free file; closing it releases the lock."""
    for name in names:
        file = _open(name)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None


def _open(name: str) -> int:
    path, flags = settings.PORTAL_DATA_DIR / "gate" / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)
