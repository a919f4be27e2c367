"""Tells workers that work is waiting, without ever waiting for the broker."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger(__name__)

_SILENCE_SECONDS: Final = 30.0


class _WorkerNotifier:
    """Publishes to Celery from its own thread, so that no page ever waits for the broker.

    At most one thread. After a failure it pauses for 30 seconds; the sweep does the work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._thread: threading.Thread | None = None
        self._failed_at = float("-inf")

    def notify(self, task: str) -> None:
        with self._lock:
            if self.is_silent():
                return
            self._wanted.add(task)
            if not self._is_publishing():
                self._thread = threading.Thread(
                    target=self._run, name="worker-signals", daemon=True
                )
                self._thread.start()

    def is_silent(self) -> bool:
        """True while the broker is given up."""
        return time.monotonic() - self._failed_at < _SILENCE_SECONDS

    def _is_publishing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while task := self._take():
            try:
                _celery().send_task(task, retry=False, ignore_result=True, expires=60)
            except Exception as error:  # whatever a broker's client raises, the sweep does the work
                log.warning("broker_away", error=type(error).__name__)
                self._failed_at = time.monotonic()

    def _take(self) -> str | None:
        """The next task to publish; None ends this thread."""
        with self._lock:
            if self.is_silent():
                self._wanted.clear()
            if self._wanted:
                return self._wanted.pop()
            self._thread = None
            return None


def _celery() -> Celery:
    """The app. Loaded when first needed: it takes a web process a quarter of its start."""
    app: Celery = import_string(settings.PORTAL_CELERY_APP)
    return app


_notifier = _WorkerNotifier()


def broker_answers() -> bool:
    """True when the broker can be reached; raises what its transport raises otherwise."""
    with _celery().connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
    return True


def is_silent() -> bool:
    """True while this process has given the broker up."""
    return _notifier.is_silent()


def notify(task: str) -> None:
    """Ask the workers to run a task of the sweep. Returns at once and never raises."""
    _notifier.notify(task)
