"""Signing up: who holds an address before anybody has proven its mailbox."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


def is_taken(email: str) -> bool:
    """True when someone has proven the mailbox of the canonical address `email` (SPEC A18)."""
    return (
        EmailAddress.objects.filter(email=email, verified=True).exists()
        or User.objects.filter(email=email, emailaddress__verified=True).exists()
        or User.objects.filter(email=email, is_staff=True).exists()
    )


@transaction.atomic
def give_up_unproven(*, email: str) -> None:
    """Free an address that nobody has proven: whoever typed it first gets nothing (SPEC 4.1)."""
    if is_taken(email):
        return
    EmailAddress.objects.filter(email=email, verified=False).exclude(user__email=email).delete()
    User.objects.filter(email=email, memberships=None).delete()
