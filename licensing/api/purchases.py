"""What the vendor's systems tell the portal: one purchase (CONTRACT)."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.responses import Status
from ninja.security import HttpBearer

from accounts import limits, security_log
from licensing import tokens
from licensing.actions import idempotency
from licensing.actions.purchases import orders
from licensing.api.bodies import at
from licensing.api.description import may_refuse
from licensing.api.problems import Problem
from licensing.api.schemas import AccountOut, PurchaseIn, PurchaseOut
from licensing.errors import PurchasesRefused
from licensing.models import Key, Purchase
from licensing.purchase_rows import COLUMNS, InvalidRow, Sold, check

_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
_HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Your own for each purchase; the same again within 24 hours, the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
router = Router(tags=["Vendor"])


class VendorToken(HttpBearer):
    """Proves the vendor: the token is a setting, and without one nobody passes."""

    openapi_description = "The vendor's own, from the portal's settings (`PORTAL_VENDOR_TOKEN`)."

    def authenticate(self, request: HttpRequest, token: str) -> str:
        ours = settings.PORTAL_VENDOR_TOKEN
        if not ours or not hmac.compare_digest(tokens.digest(token), tokens.digest(ours)):
            raise Problem("token_invalid")
        security_log.act_as(request, "vendor")
        digest = tokens.digest(token)
        if not limits.consume(request, action="api", key=digest):
            raise Problem("limit_reached")
        return digest


class OfVendor(HttpRequest):
    auth: str


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
    | {"parameters": [_HEADER]},
)
def purchase(request: OfVendor, said: PurchaseIn) -> Status[dict[str, Any]]:
    """201: it is new. 200: this order is here already, with the same content. Safe to repeat."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Problem("idempotency_key_missing")
    sold, now = _checked(said), timezone.now()
    status, answer = idempotency.once(
        key_digest=tokens.digest(f"{request.auth} {key}"),
        body_digest=sold.digest,
        act=lambda: _record(sold, now),
        now=now,
    )
    return Status(status, answer)


def _checked(said: PurchaseIn) -> Sold:
    """The purchase, by the rules that hold for a line of the CSV; raises Problem."""
    values = said.model_dump(mode="json")
    try:
        return check(["" if values[name] is None else str(values[name]) for name in COLUMNS])
    except InvalidRow as error:
        errors = [at(f"/{fault.column}", fault.message) for fault in error.faults]
        raise Problem("fields_invalid", errors=errors) from error


def _record(sold: Sold, now: datetime) -> idempotency.Answer:
    try:
        recorded, summary = orders.record(sold=sold, now=now)
    except PurchasesRefused as error:
        raise Problem(error.code, error.problems[0].message) from error
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
