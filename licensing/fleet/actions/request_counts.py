"""How often an instance asks (SPEC 5): counted on its heartbeat, which a check-in writes anyway.

A check-in counts itself (report_writing.py). Of many that come at once, as many more as there are
threads may pass.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection

from accounts import limits
from licensing.licenses.models import Heartbeat

# `window` is when the running minute must have begun; both databases know it.
COUNT_UP: Final = """
  requests = CASE WHEN requests_since > %(window)s THEN requests + 1 ELSE 1 END,
  requests_since = CASE WHEN requests_since > %(window)s THEN requests_since ELSE %(now)s END"""
_ALONE: Final = (
    "UPDATE licensing_heartbeat SET"
    + COUNT_UP
    + " WHERE instance_id = %(instance)s RETURNING requests"
)


def count(instance_id: int, *, now: datetime) -> bool:
    """Count one request; False when the limit is reached."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, moments(now) | {"instance": instance_id})
        ((requests,),) = cursor.fetchall()
    return bool(requests <= limits.RATES["api"][0].amount)


def is_reached(beat: Heartbeat, *, now: datetime) -> bool:
    """Whether one more would be too many."""
    rate = limits.RATES["api"][0]
    since = beat.requests_since
    return since is not None and since > now - rate.span and beat.requests >= rate.amount


def moments(now: datetime) -> dict[str, Any]:
    """What COUNT_UP is told."""
    to_db = connection.ops.adapt_datetimefield_value
    return {"now": to_db(now), "window": to_db(now - limits.RATES["api"][0].span)}
