"""Reminders that the document of an offline instance is about to expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.membership.actions.authority import lock_account_of
from licensing.fleet import emails
from licensing.licenses.models import Activation, Heartbeat, Instance

REMIND_DAYS_BEFORE: Final = (30, 14, 7)
_AT_ONCE: Final = 500


def remind(*, now: datetime) -> int:
    """Send each reminder once, 30, 14 and 7 days before expiry, even after a crash; return how many
    were due.

    A reminder missed during an outage is skipped when a later one is due, too.
    """
    return sum(
        _announce(due, now)
        for longest, shortest in zip(REMIND_DAYS_BEFORE, (*REMIND_DAYS_BEFORE[1:], 0), strict=True)
        for due in _due(longest, shortest, now)[:_AT_ONCE]
    )


def _due(longest: int, shortest: int, now: datetime) -> QuerySet[Instance]:
    """Instances between two reminder dates that haven't been announced since the earlier one.

    A document issued after the reminder date, because its license ends soon, isn't announced.
    """
    mark = F("heartbeat__document_ends_at") - timedelta(days=longest)
    due = Instance.objects.filter(
        Q(heartbeat__document_reminded_at=None) | Q(heartbeat__document_reminded_at__lt=mark),
        activations__deactivated_at=None,
        activations__channel=Activation.Channel.OFFLINE,
        activations__activated_at__lt=mark,
        heartbeat__document_ends_at__gt=now + timedelta(days=shortest),
        heartbeat__document_ends_at__lte=now + timedelta(days=longest),
    )
    return due.select_related("account", "heartbeat").order_by("heartbeat__document_ends_at", "pk")


@transaction.atomic
def _announce(instance: Instance, now: datetime) -> int:
    """Send one mail per expiry: the scheduler that records it first writes it, in the same
    transaction."""
    # The account's lock first, as everywhere: the mail needs it, and activations hold it.
    lock_account_of(instance)
    beat = instance.heartbeat
    unannounced = Heartbeat.objects.filter(
        pk=beat.pk,
        document_ends_at=beat.document_ends_at,
        document_reminded_at=beat.document_reminded_at,
    )
    if not unannounced.update(document_reminded_at=now):
        return 0
    emails.document_ends(instance, now=now)
    return 1
