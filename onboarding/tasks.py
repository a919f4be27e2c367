"""Background jobs: each calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task

from onboarding.actions import digest


@shared_task
def send_digests() -> None:
    """Mail what needs attention, once a week."""
    digest.send_due()
