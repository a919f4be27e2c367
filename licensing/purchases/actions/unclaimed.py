"""Online purchases: whoever verifies the buyer's address gets the license (SPEC 2.2)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet

from accounts.directory.models import BusinessAccount, User
from accounts.errors import WrongAddress
from accounts.membership.actions.authority import acting, lock
from accounts.membership.actions.invitations import has_proven
from accounts.web.paging import MAX_COUNTED
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyTaken
from licensing.permissions import LicensingPermission
from licensing.purchases.models import Buyer, Purchase
from licensing.purchases.rules.purchase_accounts import company_key

MAX_AT_ONCE = 100


def of(user: User) -> QuerySet[Purchase]:
    """Purchases under an address that `user` has proven, whose license nobody has yet; of a
    reseller's addresses, that have more, among the last thousand."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values("email")
    newest = Purchase.objects.filter(primary_email__in=proven).order_by("-license")
    return Purchase.objects.unclaimed().filter(pk__in=newest.values("pk")[:MAX_COUNTED])


@transaction.atomic
def attach(*, purchase: Purchase, account: BusinessAccount, by: User, now: datetime) -> None:
    """Give the license of a purchase to an account; again, it changes nothing.

    Raises WrongAddress when `by` hasn't proven the buyer's address, NotAllowed without the right,
    KeyTaken when another account has it.
    """
    account = lock(account)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    if not has_proven(by, purchase.primary_email):
        raise WrongAddress
    if account.licenses.filter(pk=purchase.license_id).exists():
        return
    _know_buyers([purchase], account, now)
    licenses.attach(license=purchase.license, account=account, by=by, now=now)


@transaction.atomic
def attach_all(*, account: BusinessAccount, by: User, now: datetime) -> int:
    """Give an account that `by` has just made all that waits for them; how many licenses."""
    waiting = of(by).select_related("license").order_by("primary_email", "company_key", "pk")
    found = list(waiting[:MAX_AT_ONCE])
    _know_buyers(found, account, now)
    added = 0
    for purchase in found:
        with suppress(KeyTaken):  # somebody was quicker
            licenses.attach(license=purchase.license, account=account, by=by, now=now)
            added += 1
    return added


def _know_buyers(purchases: list[Purchase], account: BusinessAccount, now: datetime) -> None:
    """What the same buyers buy later joins this account.

    They come before the licenses, and in the order of an import
    (licensing/purchases/actions/importing/companies.py): who has a buyer first, has its licenses.
    """
    for purchase in purchases:
        Buyer.objects.get_or_create(
            primary_email=purchase.primary_email,
            company_key=company_key(purchase.company),
            defaults={"account": account, "created_at": now},
        )
