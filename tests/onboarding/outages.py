"""What the portal stands on, taken away: the database, Redis, the broker, the mail server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import override_settings
from kombu.exceptions import OperationalError as BrokerAway

from accounts.outbox import worker_signals
from onboarding.celery import app

_WRITE: Final = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\b", re.IGNORECASE)
# What a visit leaves: it may get lost with the visit.
_VISIT: Final = ("django_session", "usersessions_usersession", "accounts_tally", "last_login")


def lost() -> OperationalError:
    """What Django raises when the server has gone."""
    error = OperationalError("server closed the connection unexpectedly")
    error.__cause__ = psycopg.OperationalError(str(error))
    return error


@contextmanager
def no_database() -> Iterator[None]:
    """No statement gets an answer."""

    def refuse(*_: Any) -> None:
        raise lost()

    with connection.execute_wrapper(refuse):
        yield


class FailingWrite:
    """Loses the connection once: at the write number `at`; counts the writes of what matters."""

    def __init__(self, at: int) -> None:
        self.at, self.count, self.sql = at, 0, ""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITE.match(sql) and not any(name in sql for name in _VISIT):
            self.count += 1
            if self.count == self.at:
                self.sql = sql
                raise lost()
        return execute(sql, params, many, context)


@pytest.fixture
def no_redis() -> Iterator[Any]:
    """A cache whose Redis doesn't answer: the port is taken and silent."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        away = {
            "BACKEND": "onboarding.site.cache.ResilientCache",
            "LOCATION": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
            "OPTIONS": {"fallback": "database"},
        }
        database = {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
        }
        with override_settings(CACHES={"default": away, "database": database}):
            yield caches["default"]


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    def send_task(*_: object, **__: object) -> None:
        raise BrokerAway

    monkeypatch.setattr(app, "send_task", send_task)
    monkeypatch.setattr(worker_signals, "_notifier", worker_signals._WorkerNotifier())


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    """Nobody listens where mails are handed over."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
