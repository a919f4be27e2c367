"""When each job runs. Celery's beat wakes a worker; what has to happen stands in the database."""

from __future__ import annotations

from typing import Any, Final


def every(seconds: int, task: str) -> dict[str, Any]:
    """While no worker listens, runs must not pile up: the next one does all the work."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": max(seconds, 30)}}


SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "deliver-mail": every(10, "accounts.tasks.deliver_mail"),
    "write-invitations": every(10, "accounts.tasks.write_invitations"),
    "run-deferred-tasks": every(10, "onboarding.tasks.run_deferred_tasks"),
    "clear-expired": every(3600, "accounts.tasks.clear_expired"),
    # Each mark is announced once, however often this runs: a start that misses a day costs an hour.
    "announce-endings": every(3600, "licensing.tasks.remind"),
    "remind-of-expiry": every(3600, "licensing.tasks.remind_of_expiry"),
    "complete-recoveries": every(60, "accounts.tasks.complete_recoveries"),
    "remind-of-invitations": every(3600, "accounts.tasks.remind_of_invitations"),
    # Works on Mondays, 55 seconds at a time, so that mails and pages have their turn, too.
    "forget-support-messages": every(3600, "onboarding.tasks.forget_support_messages"),
    "send-digests": every(600, "onboarding.tasks.send_digests"),
    "note-schedule": every(60, "onboarding.tasks.note_schedule"),
    "lapse-approvals": every(60, "licensing.tasks.lapse_approvals"),
    "import-waiting": every(10, "licensing.tasks.import_waiting"),
    "forget-uploads": every(3600, "licensing.tasks.forget_uploads"),
    "forget-answers": every(3600, "licensing.tasks.forget_answers"),
    "forget-requests": every(3600, "licensing.tasks.forget_requests"),
    "forget-private-parts": every(3600, "licensing.tasks.forget_private_parts"),
}
