"""The gate before the hash: one cap for a machine, not for each process (SPEC 6).

Checking a password costs a core for a tenth of a second and 46 MiB, so only a few are checked at
once, a few wait, and everybody else is told at once to try again. Places are locks on files: the
kernel gives them back when a process dies, and containers that share the folder share the cap.
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
    """No place is free; nothing was looked up or changed."""


@dataclass(frozen=True)
class Lane:
    """Where somebody may wait. Without places: wait as long as it takes (commands).

    Who looks more often for a free slot (every so many seconds) is mostly the next one in.
    """

    places: tuple[str, ...]
    patience: float = PATIENCE_SECONDS
    look_every: float = 0.002


ANONYMOUS: Final = Lane(("anonymous-0", "anonymous-1"), look_every=0.01)
COMMANDS: Final = Lane((), patience=60.0)


def kept(who: str, *, places: int = 2) -> Lane:
    """The lane kept for those who have proven something: a browser, a session, a mailed link.

    One of them can't fill it: each waits in one of sixteen small rooms, always the same one.
    """
    room = int.from_bytes(hashlib.sha256(who.encode()).digest()[:2]) % _KEPT_ROOMS
    return Lane(tuple(f"kept-{room}-{place}" for place in range(places)))


_inside: ContextVar[bool] = ContextVar("inside", default=False)
_lane: ContextVar[Callable[[], Lane]] = ContextVar("lane", default=lambda: COMMANDS)


@contextmanager
def through(lane: Lane | None = None) -> Iterator[None]:
    """Hold one of the machine's places to hash in; raises Busy. Inside, it lets through.

    Without `lane` it is the one that `lane_is` named.
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
    """Within, hashes that no door announced go through the lane that `choose` names."""
    before = _lane.set(choose)
    try:
        yield
    finally:
        _lane.reset(before)


def _enter(lane: Lane) -> int:
    """The lock of a slot; raises Busy when no place to wait is free, or patience ends."""
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
    """A file that is now locked by us; closing it frees it."""
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
