"""Every mail leaves through here (SPEC 4.4).

`post` stores a mail in the transaction that causes it and rings Celery after the commit.
`deliver_due` claims what is due, sends it outside any transaction, and records what happened.
The doorbell may get lost; the sweep that calls `deliver_due` from the database is the guarantee.
A mail is doubled only when a crash falls between the mail server's yes and our commit.
"""

from __future__ import annotations

import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Final

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from accounts.directory.models import BusinessAccount
from accounts.outbox.delivery import LEASE_DURATION, RETRY_FOR, claim, deliver_due
from accounts.outbox.models import MOVES, OutboxMail, Status

__all__ = [
    "LEASE_DURATION",
    "RETRY_FOR",
    "broker_answers",
    "cancel",
    "claim",
    "deliver_due",
    "forget_mails_of_strangers",
    "post",
    "record_event",
    "ring",
]

log = structlog.get_logger(__name__)

DELIVER: Final = "accounts.tasks.deliver_mail"
_SILENCE: Final = 30.0  # seconds without ringing after the broker didn't answer
_SUBJECT: Final = 250
STRANGERS_MAILS_KEPT_FOR: Final = timedelta(days=30)


def post(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    expires_at: datetime | None = None,
    account: BusinessAccount | None = None,
    reply_to: str = "",
) -> OutboxMail:
    """Store one mail; it goes out after the surrounding transaction commits.

    `expires_at`: when it's no use any more (codes, resets); 96 hours by default.
    """
    mail = OutboxMail.objects.create(
        kind=kind,
        to=to,
        subject=" ".join(subject.split())[:_SUBJECT],
        text=text,
        html=html,
        reply_to=reply_to,
        account=account,
        created_at=now,
        next_attempt_at=now,
        expires_at=expires_at or now + RETRY_FOR,
    )
    # A bulk invitation posts a hundred times in one transaction, and one ring will do.
    if not any(hook[1] is ring for hook in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)
    return mail


def cancel(*, mail: OutboxMail) -> bool:
    """Take back a mail that still waits; False when a worker has it or it has ended."""
    waiting = OutboxMail.objects.filter(pk=mail.pk, status=Status.QUEUED)
    return bool(waiting.move(Status.CANCELLED))


def forget_mails_of_strangers(*, now: datetime) -> int:
    """Delete ended mails that belong to no business account, 30 days on: anybody can cause codes;
    how many there were."""
    ended = [status for status, targets in MOVES.items() if not targets]
    old = OutboxMail.objects.filter(
        account=None, status__in=ended, created_at__lt=now - STRANGERS_MAILS_KEPT_FOR
    )
    return old.delete()[0]


def record_event(
    *, public_id: str, message_id: str, bounced: bool, reason: str, at: datetime
) -> int:
    """Note what the provider says happened `at`; how many mails that changed.

    Idempotent and in any order: the earliest report of each kind counts. Unknown mails are ignored.
    The report may come before our own commit: it is a fact of its own beside the status.
    """
    try:
        match = Q(public_id=uuid.UUID(public_id))
    except ValueError:
        if not message_id:
            return 0
        match = Q(message_id=message_id)
    mails = OutboxMail.objects.filter(match)
    if bounced:
        said = reason[:300]
        earlier = Q(bounced_at=None) | Q(bounced_at__gt=at)
        same = Q(bounced_at=at, last_error__gt=said)
        return mails.filter(earlier | same).update(bounced_at=at, last_error=said)
    earlier = Q(delivered_at=None) | Q(delivered_at__gt=at)
    return mails.filter(earlier).update(delivered_at=at)


class _Doorbell:
    """Rings Celery from a thread of its own, so that no page ever waits for the broker.

    One thread at most. After a failure it stays silent for 30 seconds: the sweep delivers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._thread: threading.Thread | None = None
        self._failed_at = float("-inf")

    def ring(self, task: str) -> None:
        with self._lock:
            if time.monotonic() - self._failed_at < _SILENCE:
                return
            self._wanted.add(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while task := self._take():
            try:
                current_app.send_task(task, retry=False, ignore_result=True, expires=60)
            except (OperationalError, OSError) as error:
                log.warning("broker_away", error=type(error).__name__)
                self._failed_at = time.monotonic()

    def _take(self) -> str | None:
        """The next task to ring for; None, and this thread is over."""
        with self._lock:
            if time.monotonic() - self._failed_at < _SILENCE:
                self._wanted.clear()
            if self._wanted:
                return self._wanted.pop()
            self._thread = None
            return None


_doorbell = _Doorbell()


def broker_answers() -> bool:
    """True when the broker can be reached; raises what its transport raises otherwise."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
    return True


def ring(task: str = DELIVER) -> None:
    """Tell the workers that mail waits, or other work of a sweep. Returns at once, and is never an
    error for the caller."""
    _doorbell.ring(task)
