"""What `/metrics` knows of database and machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.limits import hash_gate
from accounts.outbox.models import OutboxMail, Status
from onboarding.operations import measurements
from onboarding.operations.actions import schedule
from tests.onboarding.outages import no_database

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def mail(kind: str, *, now: datetime, age: timedelta, **fields: Any) -> None:
    OutboxMail.objects.create(
        kind=kind,
        to="dana@initech.example",
        created_at=now - age,
        next_attempt_at=now,
        expires_at=now + timedelta(days=1),
        **fields,
    )


def test_the_queue_has_a_depth_and_an_age_for_each_kind(now: datetime) -> None:
    mail("code", now=now, age=timedelta(seconds=5))
    mail("invitation", now=now, age=timedelta(seconds=90))
    mail("invitation", now=now, age=timedelta(seconds=10))

    measured = measurements.of_database(now=now)

    assert measured is not None
    assert measured.waiting == {"code": 1, "invitation": 2}
    assert measured.ages == {"code": 5, "invitation": 90}


def test_deliveries_of_the_last_hour_stand_by_outcome(now: datetime) -> None:
    mail("code", now=now, age=timedelta(minutes=1), status=Status.SENT)
    mail("code", now=now, age=timedelta(minutes=1), status=Status.SENT, bounced_at=now)
    mail("code", now=now, age=timedelta(minutes=70), status=Status.FAILED)

    measured = measurements.of_database(now=now)

    assert measured is not None
    assert measured.outcomes == {"sent": 1, "bounced": 1}


def test_the_schedules_last_run_is_known(now: datetime) -> None:
    schedule.note_run(now=now)

    measured = measurements.of_database(now=now)

    assert measured is not None
    assert measured.schedule_ran_at == now


def test_a_database_that_is_away_measures_nothing(now: datetime) -> None:
    with no_database():
        assert measurements.of_database(now=now) is None


def test_places_of_the_gate_are_counted_without_taking_one(settings: Any, tmp_path: Any) -> None:
    settings.PORTAL_DATA_DIR = tmp_path
    assert measurements.hash_gate_places() == {"slot": 0, "anonymous": 0, "kept": 0}

    with hash_gate.through(hash_gate.ANONYMOUS):
        assert measurements.hash_gate_places() == {"slot": 1, "anonymous": 0, "kept": 0}
