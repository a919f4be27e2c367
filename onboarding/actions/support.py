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
    kept, is_new = SupportMessage.objects.get_or_create(
        form_token=form_token,
        defaults={
            "reference": reference,
            "email": email,
            "email_proven": proven,
            "subject": subject,
            "message": message,
            "context": dict(context),
            "user": by,
            "created_at": now,
        },
    )
    if not is_new:
        return kept
    emails.support_message(
        reply_to=email,
        subject=subject,
        message=message,
        context=context,
        reference=reference,
        now=now,
    )
    if proven:
        emails.support_receipt(email=email, subject=subject, reference=reference, now=now)
    return kept
