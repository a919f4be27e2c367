"""The sign of life of scheduler, broker and worker."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from onboarding import tasks
from onboarding.operations.actions import schedule
from onboarding.operations.models import ScheduleRun

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_the_schedule_leaves_a_sign_of_life(now: datetime) -> None:
    schedule.note_run(now=now - timedelta(minutes=20))

    tasks.note_schedule()

    assert ScheduleRun.objects.get().ran_at >= now
