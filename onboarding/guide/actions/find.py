"""Mailing the code that proves a mailbox (SPEC 2.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.sign_in import emails


@transaction.atomic
def send_code(*, email: str, code: str, now: datetime, expires_at: datetime) -> None:
    """Mail `code` to a canonical address. Nothing is looked up, so the answer tells nothing."""
    emails.mailbox_code(email=email, code=code, now=now, expires_at=expires_at)
