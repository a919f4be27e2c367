"""Connects what happens in the packages below to our actions."""

from __future__ import annotations

from datetime import datetime

from django.dispatch import receiver

from accounts.models import BusinessAccount, User
from accounts.signals import account_created
from licensing.actions import claiming


@receiver(account_created)
def claim_purchases(*, account: BusinessAccount, by: User, now: datetime, **_: object) -> None:
    """A new account gets what was bought online under its maker's proven addresses."""
    claiming.attach_all(account=account, by=by, now=now)
