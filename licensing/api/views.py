"""What instances ask of the portal, and machines that enroll them (CONTRACT, SPEC 4.3)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from licensing.activation.actions import issuing
from licensing.activation.rules import installation as facts
from licensing.api import responses
from licensing.api.auth import EnrollmentBearer, EnrollmentRequest, InstanceRequest, InstanceToken
from licensing.api.description import may_refuse
from licensing.api.schemas import (
    ActivatedOut,
    CheckIn,
    CheckInOut,
    DocumentOut,
    Installation,
    InstanceOut,
    ReceiptOut,
)
from licensing.enrollment.actions import enrollment
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.rules import usage as rule
from licensing.licenses.models import Activation
from licensing.licenses.rules import key_codes
from licensing.protocol.bodies import at
from licensing.protocol.problems import ApiProblem, FieldError

instance_router = Router(tags=["Instance"])
enrollment_router = Router(tags=["Enrollment"])


@instance_router.get(
    "",
    auth=InstanceToken(ended_too=True),
    response=InstanceOut,
    summary="What the portal knows of this instance",
    operation_id="instance",
    openapi_extra=may_refuse(),
)
def instance(request: InstanceRequest) -> InstanceOut:
    """Answers after the activation has ended, too: then `state` is `deactivated`."""
    return responses.instance(request.auth, timezone.now())


@instance_router.get(
    "/license",
    auth=InstanceToken(),
    response=DocumentOut,
    summary="The current license document",
    operation_id="license",
    openapi_extra=may_refuse("not_licensed"),
)
def current_license(request: InstanceRequest) -> DocumentOut:
    """The latest one that was issued, byte for byte. A check-in issues the next."""
    return DocumentOut(license=issuing.current(request.auth, now=timezone.now()))


@instance_router.post(
    "/check-ins",
    auth=InstanceToken(counts_itself=True),
    response=CheckInOut,
    summary="Report, and get a fresh document",
    operation_id="check_in",
    openapi_extra=may_refuse("not_licensed", body=True),
)
def check_in(request: InstanceRequest, report: CheckIn) -> CheckInOut:
    """Once a day. Safe to repeat. After the license has ended it still answers: with the last
    document, and a notice `license_expired`."""
    now = timezone.now()
    usage = _usage(report, today=now.date())
    answer = check_ins.record(
        activation=request.auth, report=check_ins.Report(report.version, usage), now=now
    )
    return responses.check_in(answer, instance_id=request.auth.instance.instance_id, now=now)


@instance_router.post(
    "/deactivate",
    auth=InstanceToken(ended_too=True),
    response=ReceiptOut,
    summary="Give the seat back",
    operation_id="deactivate",
    openapi_extra=may_refuse(),
)
def deactivate(request: InstanceRequest) -> ReceiptOut:
    """The seat is free at once. Safe to repeat: the receipt says when and how it ended."""
    receipt = instances.deactivate_from_console(
        activation=request.auth, ending=Activation.Ending.CONSOLE, now=timezone.now()
    )
    return ReceiptOut(receipt=receipt.document)


@enrollment_router.post(
    "",
    auth=EnrollmentBearer(),
    response={201: ActivatedOut, 200: ActivatedOut},
    summary="Activate an instance without a person",
    operation_id="activate",
    openapi_extra=may_refuse(
        "enrollment_ended",
        "seats_exhausted",
        "version_not_covered",
        "license_not_usable",
        "key_not_in_account",
        "key_revoked",
        "instance_in_other_account",
        body=True,
    ),
)
def activate(request: EnrollmentRequest, installation: Installation) -> Status[ActivatedOut]:
    """201 and one use of the token. The same instance in the same version again: 200, a fresh
    token for it, and no use."""
    now = timezone.now()
    known, code = _facts(installation)
    collected = enrollment.activate(token=request.auth, installation=known, code=code, now=now)
    is_new = collected.activation.activated_at == now
    return Status(201 if is_new else 200, responses.activated(collected))


def _usage(report: CheckIn, *, today: date) -> dict[date, int]:
    """The peaks by day; raises Problem for days that can't be, or stand twice."""
    usage: dict[date, int] = {}
    errors: list[FieldError] = []
    for place, day in enumerate(report.usage):
        if rule.is_in_future(day.date, today=today):
            errors.append(at(f"/usage/{place}/date", _("This day is in the future.")))
        elif rule.is_too_old(day.date, today=today):
            errors.append(at(f"/usage/{place}/date", _("Report at most 400 days back.")))
        elif day.date in usage:
            errors.append(at(f"/usage/{place}/date", _("This day appears twice.")))
        usage[day.date] = day.peak_users
    if errors:
        raise ApiProblem("fields_invalid", errors=errors)
    return usage


def _facts(installation: Installation) -> tuple[facts.Installation, str]:
    """The installation and its key, by the rules that hold everywhere; raises Problem."""
    code, errors = _key(installation.key)
    try:
        known, _hint = facts.read(installation.model_dump(exclude={"type", "key"}))
    except facts.FactsInvalid as invalid:
        errors += [at(f"/{name}", text) for name, text in invalid.errors.items()]
        raise ApiProblem("fields_invalid", errors=errors) from invalid
    if errors:
        raise ApiProblem("fields_invalid", errors=errors)
    return known, code


def _key(text: str | None) -> tuple[str, list[FieldError]]:
    try:
        return (key_codes.canonical(text) if text is not None else ""), []
    except key_codes.InvalidKey as error:
        return "", [at("/key", str(error))]
