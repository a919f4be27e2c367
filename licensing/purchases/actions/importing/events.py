"""The audit events of a merge, as accounts.audit writes them, by SELECT."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

import structlog
from django.utils.translation import gettext as _

from licensing.events import Event
from licensing.purchases.actions.importing import rows

_INSERT: Final = """
INSERT INTO accounts_auditevent (account_id, event, actor_name, subject, details, reference,
                                 created_at)
SELECT {account}, {event}, %(actor)s, {subject}, %(details)s, %(reference)s, %(now)s
{source}
"""


def post_event(
    event: str, *, account: str, subject: str, source: str, now: datetime, **details: str
) -> None:
    """One event for each row of `source`; `account` and `subject` are columns of it."""
    statement = _INSERT.format(account=account, event="%(event)s", subject=subject, source=source)
    _run(statement, details, event=event, now=now)


def record_licenses(*, account: str, name: str, source: str, now: datetime) -> None:
    """One event for each account: the name of the license that was added, or how many were."""
    statement = _INSERT.format(
        account=account,
        event="CASE WHEN count(*) = 1 THEN %(one)s ELSE %(many)s END",
        subject=f"CASE WHEN count(*) = 1 THEN min({name}) ELSE CAST(count(*) AS varchar(10)) END",
        source=f"{source} GROUP BY {account}",
    )
    _run(statement, {}, one=Event.LICENSE_ADDED, many=Event.LICENSES_ADDED, now=now)


def _run(statement: str, details: dict[str, str], **parameters: str | datetime) -> None:
    rows.run(
        statement,
        actor=_("The portal"),
        details=json.dumps(details),
        reference=structlog.contextvars.get_contextvars().get("request_id", ""),
        **parameters,
    )
