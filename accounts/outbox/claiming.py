"""Taking due mails for one worker alone: one statement, whatever their number."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from accounts.outbox.models import OutboxMail

LEASE_DURATION: Final = timedelta(seconds=150)
BATCH: Final = 100
# What is due is found once (MATERIALIZED): asked again for each row, LIMIT would bound nothing.
# Each half has an index of its own.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT id FROM (
        SELECT id FROM accounts_outboxmail
        WHERE status = 'sending' AND lease_until <= %(now)s
        ORDER BY lease_until LIMIT %(limit)s {lock}
    ) AS abandoned
    UNION ALL
    SELECT id FROM (
        SELECT id FROM accounts_outboxmail
        WHERE status = 'queued' AND next_attempt_at <= %(now)s AND expires_at > %(now)s
        ORDER BY expires_at LIMIT %(limit)s {lock}
    ) AS waiting
    LIMIT %(limit)s
)
UPDATE accounts_outboxmail
SET status = 'sending', lease = %(lease)s, lease_until = %(until)s, attempts = attempts + 1
WHERE id IN (SELECT id FROM due)
RETURNING *
"""


def claim(*, now: datetime, limit: int = BATCH) -> list[OutboxMail]:
    """Take up to `limit` due mails for this worker alone, leased for 150 seconds.

    What ends soonest comes first: a code before an invitation. Mails whose worker died come before
    all others. Workers that come at the same time each get their own, and none waits.
    """
    # SQLite lets one writer in at a time, and knows no locks of rows.
    skips = connection.features.has_select_for_update_skip_locked
    statement = _CLAIM.format(lock="FOR UPDATE SKIP LOCKED" if skips else "")
    to_db, lease = connection.ops.adapt_datetimefield_value, uuid.uuid4()
    given: dict[str, Any] = {
        "now": to_db(now),
        "until": to_db(now + LEASE_DURATION),
        "lease": lease if connection.features.has_native_uuid_field else lease.hex,
        "limit": limit,
    }
    mails = OutboxMail.objects.raw(statement, given)
    return sorted(mails, key=lambda mail: (mail.expires_at, mail.pk))
