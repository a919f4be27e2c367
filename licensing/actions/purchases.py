"""Recording what the vendor sold, and attaching it to the account of who bought it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actions import invitation_mails
from accounts.actions.authority import acting, lock
from accounts.events import Event
from accounts.models import BusinessAccount, Invitation, User
from accounts.permissions import Permission
from licensing.actions.importing import stage
from licensing.actions.importing.merge import Summary, merge
from licensing.models import Buyer, License, Purchase
from licensing.purchase_csv import Line
from licensing.purchase_rows import Sold


@transaction.atomic
def record(*, sold: Sold, now: datetime) -> tuple[Purchase, Summary]:
    """Take one purchase, by the same rules as a file of one line (SPEC A12).

    The same again changes nothing. Raises PurchasesRefused; its problems are of line 1.
    """
    with stage.staging():
        stage.fill([Line(1, sold)], on=now.date())
        summary = merge(now=now)
    purchase = Purchase.objects.select_related("license__account").get(
        order_number=sold.order_number
    )
    if summary.accounts:
        invited = Invitation.objects.filter(account=purchase.license.account)
        invitation_mails.write(invited, now=now)
    return purchase, summary


@transaction.atomic
def claim(*, account: BusinessAccount, by: User, now: datetime) -> list[License]:
    """Attach what was bought with an address that `by` has proven and has no account yet.

    Later purchases of the same companies join the account by themselves. Raises NotAllowed.
    """
    account = lock(account)
    acting(account, by, Permission.LICENSES_MANAGE)
    claimed = []
    for purchase in Purchase.objects.claimable_by(by).select_related("license"):
        # Two accounts may claim at once: the first UPDATE wins.
        if not License.objects.filter(pk=purchase.license_id, account=None).update(account=account):
            continue
        Buyer.objects.get_or_create(
            primary_email=purchase.primary_email,
            company_key=purchase.company_key,
            defaults={"account": account, "created_at": now},
        )
        license = purchase.license
        audit.record(Event.LICENSE_ADDED, account=account, actor=by, now=now, subject=license)
        claimed.append(license)
    return claimed
