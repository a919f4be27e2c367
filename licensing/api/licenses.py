"""The vendor stops licenses, and lets them run again (CONTRACT, SPEC 6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from licensing.api import vendor
from licensing.api.actions import idempotency
from licensing.api.description import may_refuse
from licensing.api.schemas import AccountOut
from licensing.api.vendor import KEY_HEADER, OfVendor, VendorToken
from licensing.api.vendor_schemas import LicenseStateOut, Reason
from licensing.licenses.actions import suspension
from licensing.licenses.models import License
from licensing.licenses.rules import entitlement
from licensing.protocol import tokens
from licensing.protocol.bodies import at
from licensing.protocol.problems import ApiProblem

router = Router(tags=["Vendor"])
_ACTS: Final[dict[str, Callable[..., bool]]] = {
    "suspend": suspension.suspend,
    "resume": suspension.resume,
}
_SAID: Final = may_refuse(
    "not_found", "idempotency_key_missing", "idempotency_key_reused", body=True
) | {"parameters": [KEY_HEADER]}


@router.post(
    "/{uuid:license_id}/suspend",
    auth=VendorToken(),
    response=LicenseStateOut,
    summary="Suspend a license",
    operation_id="suspend_license",
    openapi_extra=_SAID,
)
def suspend(request: OfVendor, license_id: uuid.UUID, said: Reason) -> Status[dict[str, Any]]:
    """What runs goes on until its document ends; nothing new is issued or activated. The company
    sees the reason. A license that is suspended already keeps its first reason."""
    return _answered(request, "suspend", license_id, said)


@router.post(
    "/{uuid:license_id}/resume",
    auth=VendorToken(),
    response=LicenseStateOut,
    summary="Let a suspended license run again",
    operation_id="resume_license",
    openapi_extra=_SAID,
)
def resume(request: OfVendor, license_id: uuid.UUID, said: Reason) -> Status[dict[str, Any]]:
    """The company sees the reason. A license that isn't suspended stays as it is."""
    return _answered(request, "resume", license_id, said)


def _answered(
    request: OfVendor, act: str, license_id: uuid.UUID, said: Reason
) -> Status[dict[str, Any]]:
    reason = " ".join(said.reason.split())
    if not reason or not reason.isprintable():
        errors = [at("/reason", _("Give a reason the company can read."))]
        raise ApiProblem("fields_invalid", errors=errors)
    digest = tokens.digest(f"{act} {license_id} {reason}")

    def turn() -> idempotency.Answer:
        license = License.objects.filter(public_id=license_id).first()
        if license is None:
            raise ApiProblem("not_found", _("There's no license with this ID."))
        _ACTS[act](license=license, reason=reason, by=None, now=now)
        return 200, _shown(license_id).model_dump(mode="json")

    now = timezone.now()
    return vendor.once(request, digest=digest, act=turn, now=now)


def _shown(license_id: uuid.UUID) -> LicenseStateOut:
    license = License.objects.select_related("account").get(public_id=license_id)
    account = license.account
    return LicenseStateOut(
        license_id=license.public_id,
        license_name=license.name,
        account=AccountOut(id=account.slug, name=account.name) if account else None,
        status=entitlement.status(license, timezone.now().date()).value,
        suspended_at=license.suspended_at,
        reason=license.suspension_reason or None,
    )
