from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from accounts.outbox.rendering import post, safe_line, safe_name, safe_text


def support_message(
    *,
    reply_to: str,
    subject: str,
    message: str,
    context: Mapping[str, str],
    reference: str,
    by: User | None,
    is_proven: bool,
    now: datetime,
) -> OutboxMail:
    """Carry a person's message to support; answering the mail answers the person."""
    # Our own address, and the one that the person signs in with, stand as they are.
    facts = {_("Portal"): f"{settings.PORTAL_ORIGIN}/"}
    facts |= {safe_line(name): safe_name(value, limit=200) for name, value in context.items()}
    if by is not None:
        facts[_("Signed in as")] = by.email_display
    return post(
        "support_message",
        to=settings.PORTAL_SUPPORT_EMAIL,
        now=now,
        reply_to=reply_to,
        sender=reply_to,
        topic=safe_name(subject, limit=200),
        message=safe_text(message, keeps_numbers=True),
        facts=facts,
        is_proven=is_proven,
        reference=reference,
    )


def support_receipt(*, email: str, subject: str, reference: str, now: datetime) -> OutboxMail:
    """Tell a person that support has their message, and under which reference."""
    return post("support_receipt", to=email, now=now, topic=safe_name(subject), reference=reference)
