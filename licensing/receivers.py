"""Connects what happens in the packages below to our actions."""

from __future__ import annotations

from datetime import datetime

from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount, User
from accounts.signals import ReturnTarget, account_created, signing_out, vouching
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import remembered_requests
from licensing.purchases.actions import unclaimed
from licensing.purchases.models import Purchase


@receiver(account_created)
def claim_purchases(*, account: BusinessAccount, by: User, now: datetime, **_: object) -> None:
    """A new account gets what was bought online under its maker's proven addresses."""
    unclaimed.attach_all(account=account, by=by, now=now)


@receiver(vouching)
def has_purchase(*, account: BusinessAccount, **_kwargs: object) -> bool:
    """The vendor sold it something: a trial, which anybody can start, is nothing of the kind."""
    return Purchase.objects.filter(license__account=account).exists()


@receiver(signing_out)
def way_back(*, request: HttpRequest, **_kwargs: object) -> ReturnTarget | None:
    """The instance whose code was entered in this browser still waits, whoever answers it.

    What the browser keeps is what its console shows anyway, and no more than half an hour.
    """
    now = timezone.now()
    left = remembered_requests.latest(request, now)
    open_ones = ActivationRequest.objects.waiting(now)
    if left is None or not open_ones.filter(public_id=left.public_id).exists():
        return None
    words = _("Sign in again to continue with %(instance)s.") % {"instance": left.name}
    return ReturnTarget(left.url, words)
