"""Many people at the same moment, round after round, in threads and connections that stay."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from django.db import connection

Call = Callable[[], object]
AtOnce = Callable[[Sequence[Call]], list[object]]
_PATIENCE: Final = 60  # seconds


def rounds(in_full: int) -> int:
    """How often to run a race: a fifth of the full number, or PORTAL_TEST_ROUNDS of it; less on
    SQLite, where one writer at a time makes rounds alike."""
    usual = max(in_full // 5, 3)
    often = min(in_full, int(os.environ.get("PORTAL_TEST_ROUNDS", usual)))
    return often if connection.vendor == "postgresql" else max(often // 5, 3)


@contextmanager
def crowd(size: int) -> Iterator[AtOnce]:
    """A function that starts up to `size` calls at once: what each returned or raised, in order.

    Each thread has a transaction of its own open as soon as it likes: the portal's pool of eight
    would let the database see eight at a time. A test server takes a hundred connections, so only
    one crowd fits: its tests share an xdist group.
    """
    with _connections(size), ThreadPoolExecutor(size) as threads:

        def at_once(calls: Sequence[Call]) -> list[object]:
            barrier = threading.Barrier(len(calls), timeout=_PATIENCE)
            return list(threads.map(lambda call: _run(call, barrier), calls, timeout=_PATIENCE))

        try:
            yield at_once
        finally:
            at_once([_goodbye] * size)


def _run(call: Call, barrier: threading.Barrier) -> object:
    """The barrier gives each call a thread of its own."""
    connection.ensure_connection()
    barrier.wait()
    try:
        return call()
    except Exception as error:
        return error


def _goodbye() -> None:
    connection.close()  # its thread's own


@contextmanager
def _connections(size: int) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    pool = connection.settings_dict["OPTIONS"]["pool"]
    usual = pool["max_size"]
    try:
        _reopen_pool(pool, size + 1)
        yield
    finally:
        _reopen_pool(pool, usual)


def _reopen_pool(pool: dict[str, int], size: int) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    pool["max_size"] = size
