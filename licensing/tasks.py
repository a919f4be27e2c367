"""Background jobs: each calls one action, and may run twice."""

from __future__ import annotations

import uuid
from typing import Final

import structlog
from celery import shared_task
from celery.exceptions import OperationalError
from django.utils import timezone

from licensing.activation.actions import collecting
from licensing.api.actions import idempotency
from licensing.fleet.actions import document_reminders, withdrawal
from licensing.licenses.actions import license_reminders
from licensing.purchases.actions import uploads

log = structlog.get_logger(__name__)
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
def import_purchases(public_id: str) -> None:
    """Check or import an uploaded file."""
    uploads.work(public_id=uuid.UUID(public_id))


def ring_for(public_id: uuid.UUID) -> None:
    """Tell a worker of a file that waits. Nothing is lost with the broker away: see the sweep."""
    try:
        import_purchases.delay(str(public_id))
    except (OperationalError, OSError) as error:
        log.warning("broker_away", error=type(error).__name__)


@shared_task(soft_time_limit=_AN_HOUR, time_limit=_AN_HOUR + 60)
def import_waiting() -> None:
    """Check or import what waits still, as the sweep."""
    uploads.work_on_waiting()


@shared_task
def forget_uploads() -> None:
    """Delete uploaded files after a day."""
    uploads.forget(now=timezone.now())
