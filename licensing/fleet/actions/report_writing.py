"""Writing a report down: one statement on PostgreSQL, since each one more is a round trip.

Whoever was quicker is noticed by `sequence`; an activation that has ended, by `activation_id`. The
key's sum is locked before the instance, as everywhere (licensing/licenses/actions/peaks.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from licensing.fleet.actions import request_counts
from licensing.licenses.models import Activation, Heartbeat


@dataclass(frozen=True)
class Written:
    """What came of it; `users` is the key's sum now, None when this report didn't change it."""

    users: int | None


def write(
    activation: Activation, *, before: int, added: int, usage: dict[date, int], now: datetime
) -> Written | None:
    """Keep the heartbeat of `activation`, `added` users of its key, and the days of `usage`.

    None, and nothing kept, when its sequence isn't `before` any more, or its activation is over.
    """
    beat = activation.instance.heartbeat
    facts = _facts(beat, now) | {
        "instance": beat.instance_id,
        "activation": activation.pk,
        "key": activation.key_id,
        "before": before,
        "added": added,
    }
    if connection.vendor == "postgresql":
        return _at_once(facts, usage)
    return _one_by_one(facts, usage)


_BEAT: Final = f"""
UPDATE licensing_heartbeat SET
  sequence = %(sequence)s, last_seen_at = %(now)s, last_check_in_at = %(now)s,
  peak_users = %(peak_users)s, peak_on = %(peak_on)s,
  document_sequence = %(document_sequence)s, document_kid = %(document_kid)s,
  document_digest = %(document_digest)s, document_issued_at = %(document_issued_at)s,
  document_ends_at = %(document_ends_at)s,{request_counts.COUNT_UP}
WHERE instance_id = %(instance)s AND activation_id = %(activation)s AND sequence = %(before)s"""  # noqa: S608
_KEY: Final = (
    "UPDATE licensing_keyusage SET peak_users = peak_users + %(added)s WHERE key_id = %(key)s"
)
_LATER: Final = """
ON CONFLICT (instance_id, date) DO UPDATE SET peak_users = excluded.peak_users"""

_KEY_ALONE: Final = f"{_KEY} RETURNING peak_users"

_OF_KEY: Final = f"""
locked AS (SELECT key_id FROM licensing_keyusage WHERE key_id = %(key)s FOR NO KEY UPDATE),
beat AS ({_BEAT} AND (SELECT count(*) FROM locked) >= 0 RETURNING instance_id),
summed AS ({_KEY} AND EXISTS (SELECT 1 FROM beat) RETURNING peak_users)"""  # noqa: S608
_OF_NO_KEY: Final = f"""
beat AS ({_BEAT} RETURNING instance_id),
summed AS (SELECT NULL::bigint AS peak_users WHERE false)"""
_DAYS: Final = f""",
days AS (
  INSERT INTO licensing_usageday (instance_id, date, peak_users)
  SELECT beat.instance_id, day.date, day.peak_users
  FROM beat, unnest(%(dates)s::date[], %(peaks)s::integer[]) AS day (date, peak_users)
  {_LATER}
)"""  # noqa: S608
_DAYS_ALONE: Final = (
    "INSERT INTO licensing_usageday (instance_id, date, peak_users) VALUES {values}"  # noqa: S608
    + _LATER
)
_OUTCOME: Final = "\nSELECT (SELECT count(*) FROM beat), (SELECT peak_users FROM summed)"


def _at_once(facts: dict[str, Any], usage: dict[date, int]) -> Written | None:
    days = sorted(usage.items())
    facts |= {"dates": [day for day, _peak in days], "peaks": [peak for _day, peak in days]}
    statement = f"WITH {_OF_KEY if facts['added'] else _OF_NO_KEY}{_DAYS if days else ''}{_OUTCOME}"
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        kept, users = cursor.fetchone()
    return Written(users) if kept else None


def _one_by_one(facts: dict[str, Any], usage: dict[date, int]) -> Written | None:
    users = None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BEAT, facts)
        if not cursor.rowcount:
            return None
        if facts["added"]:
            cursor.execute(_KEY_ALONE, facts)
            ((users,),) = cursor.fetchall()
        if usage:
            values = ", ".join(["(%s, %s, %s)"] * len(usage))
            days = [
                each
                for day, peak in sorted(usage.items())
                for each in (facts["instance"], day.isoformat(), peak)
            ]
            cursor.execute(_DAYS_ALONE.format(values=values), days)
    return Written(users)


def _facts(beat: Heartbeat, now: datetime) -> dict[str, Any]:
    """The heartbeat's own columns, as this database takes them."""
    moment = connection.ops.adapt_datetimefield_value
    day = connection.ops.adapt_datefield_value
    return request_counts.moments(now) | {
        "sequence": beat.sequence,
        "peak_users": beat.peak_users,
        "peak_on": day(beat.peak_on),
        "document_sequence": beat.document_sequence,
        "document_kid": beat.document_kid,
        "document_digest": beat.document_digest,
        "document_issued_at": moment(beat.document_issued_at),
        "document_ends_at": moment(beat.document_ends_at),
    }
