"""Django's PostgreSQL backend, for the time when PostgreSQL is away."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

_TRY_EVERY: Final = 2.0  # seconds


class Outage:
    """Lets one request find out whether the server is back, while all others are refused at once:
    waiting, each for its own, they would hold every thread, and /healthz would starve."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_try: float | None = None

    def refuses(self) -> bool:
        if self._next_try is None:
            return False
        with self._lock:
            if self._next_try is None:
                return False
            now = time.monotonic()
            if now < self._next_try:
                return True
            self._next_try = now + _TRY_EVERY
            return False

    def begin(self) -> None:
        with self._lock:
            self._next_try = time.monotonic() + _TRY_EVERY

    def end(self) -> None:
        self._next_try = None


_outage = Outage()


class DatabaseWrapper(base.DatabaseWrapper):
    """Raises OperationalError at once while the server is known to be away."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if _outage.refuses():
            raise OperationalError("the database was away a moment ago")
        failed = self._failed_connections()
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            # A pool that is merely in use, or a machine that is slow, is no outage.
            if self._failed_connections() > failed:
                _outage.begin()
            raise
        _outage.end()
        return connection

    def _failed_connections(self) -> int:
        """How many connections the server refused to this process so far."""
        return int(self.pool.get_stats().get("connections_errors", 0)) if self.pool else 0
