"""Recording one purchase that the vendor made."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.membership.actions import invitation_mails
from accounts.membership.models import Invitation
from licensing.purchases.actions.importing import stage
from licensing.purchases.actions.importing.write import Summary, merge
from licensing.purchases.models import Purchase
from licensing.purchases.rules.purchase_csv import Line
from licensing.purchases.rules.purchase_rows import Sold

# Seconds that a request waits for an import; after that the vendor's system asks again.
PATIENCE: Final = 10


@transaction.atomic
def record(*, sold: Sold, now: datetime) -> tuple[Purchase, Summary]:
    """Take one purchase, by the same rules as a file of one line (SPEC A12).

    The same again changes nothing. Raises PurchasesRefused; its problems are of line 1.
    """
    with stage.staging():
        stage.fill([Line(1, sold)], on=now.date())
        summary = merge(now=now, patience=PATIENCE)
    purchase = Purchase.objects.select_related("license__account").get(
        order_number=sold.order_number
    )
    if summary.accounts:
        invited = Invitation.objects.filter(account=purchase.license.account)
        invitation_mails.write(invited, now=now)
    return purchase, summary
