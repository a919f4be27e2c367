"""The audit log: every write leaves an event, in its own transaction."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog
from allauth.core import context as allauth_context
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.web import security_log

for _event in (
    Event.MEMBER_JOINED,
    Event.MEMBER_ROLE_CHANGED,
    Event.MEMBER_BLOCKED,
    Event.MEMBER_UNBLOCKED,
    Event.MEMBER_REMOVED,
    Event.MEMBER_LEFT,
    Event.CLAIM_GRANTED,
):
    security_log.follow(_event, security_log.AUTHZ_CHANGE)
for _event in (
    Event.RECOVERY_STARTED,
    Event.RECOVERY_APPROVED,
    Event.RECOVERY_STOPPED,
    Event.RECOVERY_COMPLETED,
):
    security_log.follow(_event, security_log.USER_UPDATED)
for _event in (
    Event.MAIL_CANCELLED,
    Event.SESSIONS_ENDED,
    Event.PERSON_DISABLED,
    Event.PERSON_ENABLED,
):
    security_log.follow(_event, security_log.AUTHZ_ADMIN)


def record(
    event: str,
    *,
    account: BusinessAccount,
    actor: User | None,
    now: datetime,
    subject: Model | str = "",
    **details: str | int | bool | None,
) -> AuditEvent:
    """Write one event; `actor` None is the portal itself. `details` hold no secrets."""
    line = partial(
        security_log.audited,
        allauth_context.request,
        str(event),
        actor=actor and actor.pk,
        account=account.slug,
    )
    transaction.on_commit(line, robust=True)
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
