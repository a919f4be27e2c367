"""Carrying a message to support (SPEC A24)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.directory.models import User
from accounts.membership.actions.authority import only_staff
from onboarding.support import emails
from onboarding.support.models import KEPT_FOR, SupportMessage


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
    """Keep the message and mail it to support; the same words sent again are the same message.

    Two clicks carry one form's token. Back and again carries another one: the same words of the
    same address count once while nobody has answered. Other words in the same form are news.

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
    said = SupportMessage.objects.unanswered().filter(email=email, subject=subject, message=message)
    if earlier := said.first():
        return earlier
    token = uuid.uuid5(form_token, "\n".join([email, subject, message]))
    kept, is_new = SupportMessage.objects.get_or_create(form_token=token, defaults=facts)
    if is_new:
        _mail(kept, now)
    return kept


@transaction.atomic
def mark_answered(*, message: SupportMessage, by: User, now: datetime) -> None:
    """Take a message to support off the list of what waits. Raises NotAllowed."""
    only_staff(by)
    waiting = SupportMessage.objects.unanswered().filter(pk=message.pk)
    waiting.update(answered_at=now, answered_by=by)


def _mail(message: SupportMessage, now: datetime) -> None:
    emails.support_message(
        reply_to=message.email,
        subject=message.subject,
        message=message.message,
        context=message.context,
        reference=message.reference,
        by=message.user,
        is_proven=message.email_proven,
        now=now,
    )
    if message.email_proven:
        emails.support_receipt(
            email=message.email, subject=message.subject, reference=message.reference, now=now
        )


def forget_unproven_messages(*, now: datetime) -> None:
    """Delete what nobody has proven to have written, 180 days after (docs/limits.md)."""
    SupportMessage.objects.of_unproven_addresses().filter(created_at__lt=now - KEPT_FOR).delete()
