"""Background jobs: each calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from licensing.actions import collecting, expiry_reminders, idempotency, reminders


@shared_task
def lapse_approvals() -> None:
    """Free the seats of approvals that no console collected."""
    collecting.lapse(now=timezone.now())


@shared_task
def forget_requests() -> None:
    """Delete old requests that led to nothing."""
    collecting.forget(now=timezone.now())


@shared_task
def forget_answers() -> None:
    """Delete answers kept for repeated requests, a day after."""
    idempotency.forget(now=timezone.now())


@shared_task
def remind_of_expiry() -> None:
    """Tell administrators that licenses end soon, or have ended."""
    expiry_reminders.remind(now=timezone.now())


@shared_task
def announce_endings() -> None:
    """Tell people that documents of offline instances are about to end."""
    reminders.announce_endings(now=timezone.now())
