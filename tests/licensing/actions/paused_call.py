"""A call that stops between its read and its write, as long as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from django.db import connection

PATIENCE: Final = 60  # seconds that only something broken takes
Place = Callable[[int, str], bool]  # the number of a statement, counted from 0, and its SQL


class PausedCall:
    """A call in a thread of its own that stops at a place until it is let go."""

    def __init__(self, threads: ThreadPoolExecutor, call: Callable[[], object], at: Place) -> None:
        self._at, self._call = at, call
        self._arrived, self._go = threading.Event(), threading.Event()
        self._outcome: Future[object] = threads.submit(self._run)
        assert self._arrived.wait(PATIENCE), "the call never came to the place"

    def let_go(self) -> None:
        self._go.set()

    def outcome(self) -> object:
        """What the call returned or raised."""
        self._go.set()
        return self._outcome.exception(timeout=PATIENCE) or self._outcome.result()

    def _run(self) -> object:
        statements = iter(range(10_000))

        def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if self._at(next(statements), sql) and not self._arrived.is_set():
                self._arrived.set()
                assert self._go.wait(PATIENCE), "nobody let the call go"
            return execute(sql, params, many, context)

        with connection.execute_wrapper(stop):
            return self._call()
