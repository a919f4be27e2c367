"""Connects what happens in the packages below to our actions."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import BusinessAccount, User
from accounts.signals import account_created
from licensing.actions import waiting_purchases
from licensing.views.activate import activating


@receiver(account_created)
def claim_purchases(*, account: BusinessAccount, by: User, now: datetime, **_: object) -> None:
    """A new account gets what was bought online under its maker's proven addresses."""
    waiting_purchases.attach_all(account=account, by=by, now=now)


@receiver(user_logged_out)
def tell_how_to_go_on(*, request: HttpRequest | None, **_kwargs: object) -> None:
    """Signing out makes the browser forget the codes entered in it: say where to go on."""
    left = activating.latest(request.session, timezone.now()) if request else None
    if request and left:
        text = _("To go on with %(instance)s, open the link on its console once more.")
        messages.info(request, text % {"instance": left.name})
