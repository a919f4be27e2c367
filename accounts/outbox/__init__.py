"""Every mail leaves through here (SPEC 4.4).

`post` stores a mail in the transaction that causes it and rings Celery after the commit.
`deliver_due` claims what is due, sends it outside any transaction, and records what happened.
The doorbell may get lost; the sweep that calls `deliver_due` from the database is the guarantee.
A mail is doubled only when a crash falls between the mail server's yes and our commit.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.directory.models import BusinessAccount
from accounts.outbox import doorbell
from accounts.outbox.delivery import LEASE_DURATION, RETRY_FOR, claim, deliver_due
from accounts.outbox.models import MOVES, OutboxMail, Status

__all__ = [
    "LEASE_DURATION",
    "RETRY_FOR",
    "cancel",
    "claim",
    "deliver_due",
    "forget_mails_of_strangers",
    "post",
    "record_event",
    "ring",
]

DELIVER: Final = "accounts.tasks.deliver_mail"
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


def ring(task: str = DELIVER) -> None:
    """Tell the workers that mail waits, or other work of a sweep; at once, and never an error."""
    doorbell.ring(task)
