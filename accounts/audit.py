"""The audit log: every write leaves an event, in its own transaction."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, BusinessAccount, User


def record(
    event: str,
    *,
    account: BusinessAccount,
    actor: User | None,
    now: datetime,
    subject: models.Model | str = "",
    **details: str | int | bool | None,
) -> AuditEvent:
    """Write one event; `actor` None is the portal itself. `details` hold no secrets."""
    return AuditEvent.objects.create(
        account=account,
        event=event,
        actor=actor,
        actor_name=str(actor or _("The portal"))[:254],
        subject=str(subject)[:254],
        details=details,
        reference=structlog.contextvars.get_contextvars().get("request_id", ""),
        created_at=now,
    )
