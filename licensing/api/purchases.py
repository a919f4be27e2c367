"""What the vendor's systems tell the portal: one purchase (CONTRACT)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from licensing.api import vendor
from licensing.api.actions import idempotency
from licensing.api.description import may_refuse
from licensing.api.schemas import AccountOut
from licensing.api.vendor import KEY_HEADER, OfVendor, VendorToken
from licensing.api.vendor_schemas import PurchaseIn, PurchaseOut
from licensing.licenses.models import Key
from licensing.protocol.bodies import at
from licensing.protocol.problems import ApiProblem
from licensing.purchases.actions import orders
from licensing.purchases.errors import PurchasesRefused
from licensing.purchases.models import Purchase
from licensing.purchases.rules.purchase_rows import COLUMNS, InvalidRow, PurchaseRecord, check

router = Router(tags=["Vendor"])


@router.post(
    "",
    auth=VendorToken(),
    response={201: PurchaseOut, 200: PurchaseOut},
    summary="Record a purchase",
    operation_id="purchase",
    openapi_extra=may_refuse(
        "idempotency_key_missing",
        "idempotency_key_reused",
        "order_changed",
        "key_taken",
        body=True,
    )
    | {"parameters": [KEY_HEADER]},
)
def purchase(request: OfVendor, said: PurchaseIn) -> Status[dict[str, Any]]:
    """201: it is new. 200: this order is here already, with the same content. Safe to repeat."""
    sold, now = _checked(said), timezone.now()
    return vendor.once(request, digest=sold.digest, act=lambda: _record(sold, now), now=now)


def _checked(said: PurchaseIn) -> PurchaseRecord:
    """The purchase, by the rules that hold for a line of the CSV; raises Problem."""
    values = said.model_dump(mode="json")
    try:
        return check(["" if values[name] is None else str(values[name]) for name in COLUMNS])
    except InvalidRow as error:
        errors = [at(f"/{fault.column}", fault.message) for fault in error.faults]
        raise ApiProblem("fields_invalid", errors=errors) from error


def _record(sold: PurchaseRecord, now: datetime) -> idempotency.Answer:
    try:
        recorded, summary = orders.record(sold=sold, now=now)
    except PurchasesRefused as error:
        raise ApiProblem(error.code, error.problems[0].message) from error
    answer = _shown(recorded, opened=bool(summary.accounts))
    return (201 if summary.new else 200), answer.model_dump(mode="json")


def _shown(recorded: Purchase, *, opened: bool) -> PurchaseOut:
    license, account = recorded.license, recorded.license.account
    return PurchaseOut(
        order_number=recorded.order_number,
        license_id=license.public_id,
        license_name=license.name,
        key_last_five=Key.objects.live().get(license=license, is_primary=True).last_five,
        account=AccountOut(id=account.slug, name=account.name) if account else None,
        account_opened=opened,
        recorded_at=recorded.created_at,
    )
