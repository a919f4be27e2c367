"""Writing the mails of the vendor's invitations: in batches, none lost and none doubled.

An import makes its invitations in one transaction, a hundred thousand if need be, and rendering
takes longer than that may last. What is still to be written stands in the rows themselves
(`mail_due_at`): a batch is locked, written and marked in one transaction, so a worker that dies
leaves it due, and two workers never hold the same row.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.membership import emails
from accounts.membership.actions.invitation_quota import MAX_INVITATIONS_PER_RECIPIENT_A_DAY
from accounts.membership.models import Invitation
from accounts.membership.models.invitation import InvitationQuerySet
from accounts.outbox.models import OutboxMail

BATCH: Final = 100
_DAY: Final = timedelta(days=1)
# A run ends in time for Celery's limits; the sweep starts the next one.
_RUN: Final = timedelta(seconds=55)
# SQLite has one writer, and those who wait for it ask ten times a second: each gets a turn.
_A_TURN: Final = 0.15
Clock = Callable[[], datetime]


def write_due(*, clock: Clock = timezone.now) -> int:
    """Write what is due, batch by batch; how many mails that were."""
    ends_at = clock() + _RUN
    written = 0
    while (now := clock()) < ends_at:
        with transaction.atomic():
            due = Invitation.objects.mail_due(now).order_by("mail_due_at", "pk")
            # Workers that come at the same time each lock their own rows (SQLite has one writer).
            batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
            written += write(Invitation.objects.filter(pk__in=[row.pk for row in batch]), now=now)
        if not batch:
            break
        if connection.vendor == "sqlite":
            time.sleep(_A_TURN)
    return written


@transaction.atomic
def write(invitations: InvitationQuerySet, *, now: datetime) -> int:
    """Write the mails that are due for these; how many that were. The 14 days start now.

    A recipient gets five invitations a day over all accounts (SPEC 5); the next ones wait a day.
    """
    due = list(invitations.mail_due(now).select_related("account", "invited_by").order_by("pk"))
    sent = _sent_today({invitation.email for invitation in due}, now)
    written = 0
    for invitation in due:
        if not invitation.is_open or invitation.mail_id:
            invitation.mail_due_at = None
        elif sent[invitation.email] >= MAX_INVITATIONS_PER_RECIPIENT_A_DAY:
            invitation.mail_due_at = now + _DAY
        else:
            sent[invitation.email] += 1
            written += 1
            invitation.restart_validity(now)
            invitation.mail = emails.invitation(invitation, now=now)
            invitation.mail_due_at = None
    Invitation.objects.bulk_update(due, ["mail", "mail_due_at", "sent_at", "expires_at"])
    return written


def _sent_today(emails_: set[str], now: datetime) -> Counter[str]:
    """How many invitations each address was sent in the last 24 hours."""
    recent = OutboxMail.objects.filter(kind="invitation", to__in=emails_, created_at__gt=now - _DAY)
    counts = recent.values_list("to").annotate(models.Count("pk")).order_by()
    return Counter(dict(counts))
