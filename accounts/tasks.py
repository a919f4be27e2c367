"""Background jobs: each takes ids at most, calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from accounts import outbox


# Longer than a round of the outbox and the ten minutes a mail server may think (RFC 5321).
@shared_task(soft_time_limit=780, time_limit=800)
def deliver_mail() -> None:
    """Send what is due: rung after each commit, and every few seconds as the sweep."""
    outbox.deliver_due()


@shared_task
def clear_expired() -> None:
    """Forget ended sessions."""
    call_command("clearsessions")
