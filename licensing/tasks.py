"""Background jobs: each calls one action, and may run twice."""

from __future__ import annotations

from typing import Final

from celery import shared_task
from django.utils import timezone

from licensing.activation.actions import collecting
from licensing.api.actions import idempotency
from licensing.fleet.actions import document_reminders, withdrawal
from licensing.licenses.actions import license_reminders
from licensing.purchases.actions import uploads

_AN_HOUR: Final = 3600


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
    license_reminders.remind(now=timezone.now())


@shared_task
def remind() -> None:
    """Tell people that documents of offline instances are about to end."""
    document_reminders.remind(now=timezone.now())


@shared_task
def forget_private_parts() -> None:
    """Keep no private part of a key that doesn't sign any more."""
    withdrawal.forget_private_parts(now=timezone.now())


# A million lines take minutes; whoever else is told of the same file finds it held.
@shared_task(soft_time_limit=_AN_HOUR, time_limit=_AN_HOUR + 60)
def import_waiting() -> None:
    """Check or import what waits: rung as a file comes, and every few seconds as the sweep."""
    uploads.work_on_waiting()


@shared_task
def forget_uploads() -> None:
    """Delete uploaded files after a day."""
    uploads.forget(now=timezone.now())
