"""How the portal is, as far as database and machine know it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min

from accounts.outbox.models import OutboxMail, Status
from onboarding.operations.models import ScheduleRun

_LOCKS: Final = Path("/proc/locks")
# So many of the newest mails are looked at, however many an hour brings.
_NEWEST_MAILS: Final = 5_000


@dataclass(frozen=True)
class DatabaseMeasurements:
    """Mails waiting and the age in seconds of the oldest, by kind; what became of the last
    hour's; when the schedule last ran."""

    waiting: dict[str, float]
    ages: dict[str, float]
    outcomes: dict[str, float]
    schedule_ran_at: datetime | None


def of_database(*, now: datetime) -> DatabaseMeasurements | None:
    """What the database knows; None when it doesn't answer."""
    try:
        queued = OutboxMail.objects.filter(status=Status.QUEUED).order_by().values("kind")
        kinds = list(queued.annotate(mails=Count("pk"), oldest=Min("created_at")))
        newest = OutboxMail.objects.order_by("-pk")[:_NEWEST_MAILS]
        facts = newest.only("status", "created_at", "delivered_at", "bounced_at")
        since = now - timedelta(hours=1)
        outcomes = Counter(mail.outcome for mail in facts if mail.created_at >= since)
        last = ScheduleRun.objects.filter(id=ScheduleRun.KEY).first()
    except DatabaseError:
        return None
    return DatabaseMeasurements(
        waiting={each["kind"]: each["mails"] for each in kinds},
        ages={each["kind"]: (now - each["oldest"]).total_seconds() for each in kinds},
        outcomes={outcome: float(count) for outcome, count in outcomes.items()},
        schedule_ran_at=last.ran_at if last else None,
    )


def hash_gate_places() -> dict[str, float]:
    """Taken places of the gate before the hash, by lane; asking takes none of them."""
    taken = dict.fromkeys(("slot", "anonymous", "kept"), 0.0)
    if not _LOCKS.exists():
        return taken
    locked = {line.split()[-3].rpartition(":")[2] for line in _LOCKS.read_text().splitlines()}
    for path in (settings.PORTAL_DATA_DIR / "gate").glob("*-*"):
        lane = path.name.partition("-")[0]
        if lane in taken and str(path.stat().st_ino) in locked:
            taken[lane] += 1
    return taken
