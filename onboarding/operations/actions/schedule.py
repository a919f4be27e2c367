from __future__ import annotations

from datetime import datetime

from onboarding.operations.models import ScheduleRun


def note_run(*, now: datetime) -> None:
    """Remember that the schedule is alive; `manage.py doctor` and `/metrics` tell by it."""
    ScheduleRun.objects.update_or_create(id=ScheduleRun.KEY, defaults={"ran_at": now})
