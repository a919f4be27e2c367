"""A mail server for the outbox, and rounds of delivery at a given moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import Settings

from accounts import outbox
from accounts.outbox import delivery
from accounts.outbox.models import OutboxMail
from tests.smtp import FakeMailServer

Post = Callable[..., OutboxMail]
Round = Callable[[datetime], int]


@pytest.fixture
def sink(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailServer]:
    """The mail server that the portal is set to use."""
    # No test inherits the silence after another one's unreachable server.
    monkeypatch.setattr(delivery, "_server_away_until", datetime.min.replace(tzinfo=UTC))
    sink = FakeMailServer()
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 0.5
    yield sink
    sink.stop()


@pytest.fixture
def post(db: None, now: datetime) -> Post:
    """Post a mail to Mia; what is given overrides."""

    def post(**given: object) -> OutboxMail:
        facts = {"kind": "test", "to": "mia@acme.example", "subject": "Hello", "now": now}
        facts |= {"text": "Your code is BCDF-GHJK", "html": "<p>BCDF-GHJK</p>"} | given
        return outbox.post(**facts)  # type: ignore[arg-type]

    return post


@pytest.fixture
def round_at() -> Round:
    """One round of a worker whose clock stands still."""

    def round_at(moment: datetime) -> int:
        return delivery.deliver_due(clock=lambda: moment)

    return round_at
