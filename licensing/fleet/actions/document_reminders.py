"""Telling people in time that the document of an offline instance is about to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.membership.actions.authority import lock_account_of
from licensing.fleet import emails
from licensing.licenses.models import Activation, Instance

REMIND_DAYS_BEFORE: Final = (30, 14, 7)
_AT_ONCE: Final = 500


def remind(*, now: datetime) -> int:
    """Mail each ending once 30, 14 and 7 days before it, whatever crashes; how many were due.

    A mark that was slept through is skipped when a later one has passed, too.
    """
    return sum(
        _announce(due, now)
        for longest, shortest in zip(REMIND_DAYS_BEFORE, (*REMIND_DAYS_BEFORE[1:], 0), strict=True)
        for due in _due(longest, shortest, now)[:_AT_ONCE]
    )


def _due(longest: int, shortest: int, now: datetime) -> QuerySet[Instance]:
    """Instances between two marks, that nobody was told about since the longer one.

    A document that was issued after the mark, since its license ends soon, is no news.
    """
    mark = F("document_ends_at") - timedelta(days=longest)
    due = Instance.objects.filter(
        Q(document_reminded_at=None) | Q(document_reminded_at__lt=mark),
        activations__deactivated_at=None,
        activations__channel=Activation.Channel.OFFLINE,
        activations__activated_at__lt=mark,
        document_ends_at__gt=now + timedelta(days=shortest),
        document_ends_at__lte=now + timedelta(days=longest),
    )
    return due.select_related("account").order_by("document_ends_at", "pk")


@transaction.atomic
def _announce(instance: Instance, now: datetime) -> int:
    """One mail for one ending: whoever notes it first writes it, in the same transaction."""
    # First, as everywhere: the mail needs it, and whoever activates holds it.
    lock_account_of(instance)
    unannounced = Instance.objects.filter(
        pk=instance.pk,
        document_ends_at=instance.document_ends_at,
        document_reminded_at=instance.document_reminded_at,
    )
    if not unannounced.update(document_reminded_at=now):
        return 0
    emails.document_ends(instance, now=now)
    return 1
