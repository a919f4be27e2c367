"""The audit events of a merge: one for each change, as accounts.audit writes them, by SELECT."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

import structlog
from django.utils.translation import gettext as _

from licensing.actions.importing import rows

_INSERT: Final = """
INSERT INTO accounts_auditevent (account_id, event, actor_name, subject, details, reference,
                                 created_at)
SELECT {account}, %(event)s, %(actor)s, {subject}, %(details)s, %(reference)s, %(now)s
{source}
"""


def record(
    event: str, *, account: str, subject: str, source: str, now: datetime, **details: str
) -> None:
    """One event for each row of `source`; `account` and `subject` are columns of it."""
    rows.run(
        _INSERT.format(account=account, subject=subject, source=source),
        event=event,
        actor=_("The portal"),
        details=json.dumps(details),
        reference=structlog.contextvars.get_contextvars().get("request_id", ""),
        now=now,
    )
