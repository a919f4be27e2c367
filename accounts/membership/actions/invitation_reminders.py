"""Reminding people of invitations that are about to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.membership import emails
from accounts.membership.actions.invitations import is_suspended
from accounts.membership.models import Invitation

REMIND_BEFORE_EXPIRY: Final = timedelta(days=2)
_AT_ONCE: Final = 500
_A_RUN: Final = 5000  # the next run goes on: an import invites by the hundred thousand


def remind(*, now: datetime) -> int:
    """Mail each invitation that ends within two days once more; how many were due.

    Once, whatever crashes and however many run this at a time.
    """
    due = Invitation.objects.pending(now).filter(
        expires_at__lte=now + REMIND_BEFORE_EXPIRY, reminded_at=None
    )
    seen = told = 0
    while seen < _A_RUN and (batch := list(due.order_by("expires_at", "pk")[:_AT_ONCE])):
        seen += len(batch)
        told += sum(_remind(each, now) for each in batch)
    return told


@transaction.atomic
def _remind(invitation: Invitation, now: datetime) -> bool:
    mine = Invitation.objects.pending(now).filter(pk=invitation.pk, reminded_at=None)
    if not mine.update(reminded_at=now):
        return False
    current = Invitation.objects.select_related("account", "invited_by").get(pk=invitation.pk)
    if is_suspended(current):
        return False
    emails.invitation_ends(current, now=now)
    return True
