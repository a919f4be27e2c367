"""Carrying a message to support (SPEC A24)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import emails


@transaction.atomic
def send(
    *,
    email: str,
    proven: bool,
    subject: str,
    message: str,
    context: Mapping[str, str],
    reference: str,
    now: datetime,
) -> None:
    """Mail the message to support; a receipt goes only to an address that is proven.

    A receipt to any typed address would let strangers send mail to anybody in our name.
    """
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
