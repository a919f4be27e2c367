"""When an instance checks in next: once a day, spread over the day by its id; pure."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)
_SOONEST: Final = timedelta(hours=12)  # so that a first check-in isn't followed at once


def next_check_in(instance_id: uuid.UUID, *, now: datetime) -> datetime:
    """The instance's own second of the day, 12 to 36 hours from `now`."""
    slot = timedelta(seconds=instance_id.int % 86_400)
    at = datetime.combine(now.date(), time(), now.tzinfo) + slot
    while at < now + _SOONEST:
        at += _DAY
    return at
