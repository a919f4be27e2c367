"""Carrying a message to support (SPEC A24)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import emails
from accounts.models import SupportMessage, User


@transaction.atomic
def send(
    *,
    form_token: uuid.UUID,
    email: str,
    proven: bool,
    subject: str,
    message: str,
    context: Mapping[str, str],
    reference: str,
    by: User | None,
    now: datetime,
) -> SupportMessage:
    """Keep the message and mail it to support; the same form sent again is the same message.

    A receipt goes only to an address that is proven: to any typed address, strangers would send
    mail to anybody in our name.
    """
    facts = {
        "reference": reference,
        "email": email,
        "email_proven": proven,
        "subject": subject,
        "message": message,
        "context": dict(context),
        "user": by,
        "created_at": now,
    }
    kept, is_new = SupportMessage.objects.get_or_create(form_token=form_token, defaults=facts)
    if is_new:
        _mail(kept, now)
    return kept


def _mail(message: SupportMessage, now: datetime) -> None:
    emails.support_message(
        reply_to=message.email,
        subject=message.subject,
        message=message.message,
        context=message.context,
        reference=message.reference,
        now=now,
    )
    if message.email_proven:
        emails.support_receipt(
            email=message.email, subject=message.subject, reference=message.reference, now=now
        )
