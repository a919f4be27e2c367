from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from accounts.outbox.rendering import post, safe_name
from licensing.purchases.models import Purchase


def purchase_waits(purchase: Purchase, *, now: datetime) -> None:
    """Tell a buyer that a license waits for its account, which is made with this address."""
    _post("purchase_waits", purchase, "account_signup", now)


def account_known(purchase: Purchase, *, is_member: bool, now: datetime) -> None:
    """Tell a buyer which account holds the license: they belong to it, or others administer it."""
    page = "account_login" if is_member else "ask"
    _post("account_known", purchase, page, now, is_member=is_member)


def _post(name: str, purchase: Purchase, page: str, now: datetime, **context: Any) -> None:
    query = urlencode({"email": purchase.primary_email})
    account = purchase.license.account
    post(
        name,
        to=purchase.primary_email,
        now=now,
        account=account,
        url=f"{settings.PORTAL_ORIGIN}{reverse(page)}?{query}",
        license=safe_name(purchase.license),
        bought_by=safe_name(purchase.company),
        **context,
    )
