"""Every mail leaves through here (SPEC 4.4).

`post` stores a mail in the transaction that causes it and wakes Celery after the commit.
`delivery.deliver_due` claims what is due, sends it outside any transaction, and records what
happened. That signal may get lost; the sweep that calls it from the database is the guarantee. A
mail is sent twice only after a crash between the server's acceptance and our commit.

Web processes load this module, and nothing that talks to a mail server.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.directory.models import BusinessAccount
from accounts.outbox import worker_signals
from accounts.outbox.models import MOVES, OutboxMail, Status

DELIVER: Final = "accounts.tasks.deliver_mail"
_SUBJECT: Final = 250
_batch: ContextVar[list[OutboxMail] | None] = ContextVar("outbox_batch", default=None)
RETRY_FOR: Final = timedelta(hours=96)
UNOWNED_MAILS_KEPT_FOR: Final = timedelta(days=30)


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
    mail = OutboxMail(
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
    batch = _batch.get()
    if batch is None:
        mail.save(force_insert=True)
        _notify_after_commit()
    else:
        batch.append(mail)
    return mail


@contextmanager
def together() -> Iterator[None]:
    """Store what is posted within by one statement, at the end. Until then these mails have no
    key."""
    mails: list[OutboxMail] = []
    token = _batch.set(mails)
    try:
        yield
    finally:
        _batch.reset(token)
    if mails:
        OutboxMail.objects.bulk_create(mails)
        _notify_after_commit()


def _notify_after_commit() -> None:
    # A bulk invitation posts a hundred times in one transaction, and one ring will do.
    if not any(hook[1] is notify_workers for hook in connection.run_on_commit):
        transaction.on_commit(notify_workers, robust=True)


def cancel(*, mail: OutboxMail) -> bool:
    """Take back a mail that still waits; False when a worker has it or it has ended."""
    waiting = OutboxMail.objects.filter(pk=mail.pk, status=Status.QUEUED)
    return bool(waiting.move(Status.CANCELLED))


def forget_unowned_mails(*, now: datetime) -> int:
    """Delete ended mails that belong to no business account, 30 days on: anybody can cause codes;
    how many there were."""
    ended = [status for status, targets in MOVES.items() if not targets]
    old = OutboxMail.objects.filter(
        account=None, status__in=ended, created_at__lt=now - UNOWNED_MAILS_KEPT_FOR
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


def notify_workers(task: str = DELIVER) -> None:
    """Ask workers to deliver mail or to run another sweep's task. Returns at once and never
    raises."""
    worker_signals.notify(task)
