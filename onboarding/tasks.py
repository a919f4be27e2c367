"""Background jobs: each calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from onboarding.guide.actions import deferred_tasks
from onboarding.operations.actions import schedule
from onboarding.overview.actions import digest
from onboarding.support.actions import support


@shared_task
def run_deferred_tasks() -> None:
    """Do what pages left to do: rung after each commit, and every few seconds as the sweep."""
    deferred_tasks.run_due(now=timezone.now())


@shared_task
def send_digests() -> None:
    """Mail what needs attention, once a week."""
    digest.send_due()


@shared_task
def forget_support_messages() -> None:
    """Forget messages to support of strangers whose address nobody has proven."""
    support.forget_unproven_messages(now=timezone.now())


@shared_task
def note_schedule() -> None:
    """Leave a sign that the schedule is alive."""
    schedule.note_run(now=timezone.now())
