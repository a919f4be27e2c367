"""Recording one purchase that the vendor made."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.membership.actions import invitation_mails
from accounts.membership.models import Invitation
from licensing.purchases.actions.importing import stage
from licensing.purchases.actions.importing.write import ImportSummary, write_staged
from licensing.purchases.models import Purchase
from licensing.purchases.rules.purchase_csv import CsvLine
from licensing.purchases.rules.purchase_rows import PurchaseRecord

# Seconds that a request waits for an import; after that the vendor's system asks again.
RECORD_LOCK_TIMEOUT_SECONDS: Final = 10


@transaction.atomic
def record(*, sold: PurchaseRecord, now: datetime) -> tuple[Purchase, ImportSummary]:
    """Take one purchase, by the same rules as a file of one line (SPEC A12).

    The same again changes nothing. Raises PurchasesRefused; its problems are of line 1.
    """
    with stage.staging():
        stage.fill([CsvLine(1, sold)], on=now.date())
        summary = write_staged(now=now, patience=RECORD_LOCK_TIMEOUT_SECONDS)
    purchase = Purchase.objects.select_related("license__account").get(
        order_number=sold.order_number
    )
    if summary.accounts:
        invited = Invitation.objects.filter(account=purchase.license.account)
        invitation_mails.write(invited, now=now)
    return purchase, summary
