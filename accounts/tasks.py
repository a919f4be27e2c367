"""Background jobs: each takes ids at most, calls one action, and may run twice."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from accounts import outbox
from accounts.limits.models import RateCounter
from accounts.membership.actions import invitation_mails, invitation_reminders, members
from accounts.outbox import delivery
from accounts.recovery.actions import recovery_ends
from accounts.sign_in.actions import people


# Longer than a round of the outbox and the ten minutes a mail server may think (RFC 5321).
@shared_task(soft_time_limit=780, time_limit=800)
def deliver_mail() -> None:
    """Send what is due: rung after each commit, and every few seconds as the sweep."""
    delivery.deliver_due()


@shared_task
def remind_of_invitations() -> None:
    """Mail people whose invitation is about to end."""
    invitation_reminders.remind(now=timezone.now())


@shared_task
def write_invitations() -> None:
    """Write the mails of the vendor's invitations, as the sweep."""
    invitation_mails.write_due()


@shared_task
def complete_recoveries() -> None:
    """Remove second steps whose recovery nobody stopped in 24 hours."""
    recovery_ends.complete_due(now=timezone.now())


@shared_task
def clear_expired() -> None:
    """Forget ended sessions (off people's lists, too), unproven sign-ups, old counts, and what
    strangers have left (docs/limits.md)."""
    now = timezone.now()
    people.forget_unproven(now=now)
    members.fill_in_copies()
    people.end_surplus_sessions()
    RateCounter.objects.filter(ends_at__lt=now).delete()
    outbox.forget_unowned_mails(now=now)
    call_command("clearsessions")
    alive = Session.objects.filter(session_key=models.OuterRef("session_key"))
    # A session is written at the end of the request that began it, its place on the list before.
    ago = timezone.now() - timedelta(minutes=5)
    UserSession.objects.filter(~models.Exists(alive), created_at__lt=ago).delete()
