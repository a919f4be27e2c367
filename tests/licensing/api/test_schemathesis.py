"""The API keeps to its own description, whatever is sent: generated requests, every check."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as bounds
from pytest_django import Settings
from schemathesis import Case

from accounts import limits
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Key, License
from onboarding.site.handler import Handler
from tests.licensing.api.licensed_instance import ApiClient, LicensedInstance

# Each request ends as in production, and gives its connection back: no transaction around them.
pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://testserver"
# Not onboarding.wsgi's: that one starts with settings of production only.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", Handler(), base_url=ORIGIN)


@pytest.fixture
def bearers(
    farm: LicensedInstance, machine: ApiClient, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> dict[str, str]:
    """Whose token proves what; asking often is fine here, and nothing runs out."""
    License.objects.update(seats=100_000)
    EnrollmentToken.objects.update(uses_allowed=100_000)
    often = limits.Rate(100_000, timedelta(minutes=1), by_key=True)
    monkeypatch.setitem(limits.RATES, "api", (often,))
    settings.PORTAL_VENDOR_TOKEN = "vendor-vendor-vendor-vendor"
    return {
        "InstanceToken": farm.asker.token,
        "EnrollmentBearer": machine.token,
        "VendorToken": settings.PORTAL_VENDOR_TOKEN,
    }


@schema.parametrize()
@bounds(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_api_keeps_to_its_description(case: Case[Any], bearers: dict[str, str]) -> None:
    [[scheme]] = case.operation.definition.raw["security"]
    if case.meta is not None and case.meta.generation.mode.is_positive:
        case.body = _made_true(case.body)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid.uuid4())

    case.call_and_validate(base_url=ORIGIN, headers={"Authorization": f"Bearer {bearers[scheme]}"})


def test_every_operation_is_played() -> None:
    played = {(method, path) for path, methods in schema.items() for method in methods}

    assert played >= {
        ("get", "/api/v1/instance"),
        ("get", "/api/v1/instance/license"),
        ("post", "/api/v1/instance/check-ins"),
        ("post", "/api/v1/instance/deactivate"),
        ("post", "/api/v1/activations"),
        ("post", "/api/v1/purchases"),
        ("post", "/api/v1/licenses/{license_id}/suspend"),
        ("post", "/api/v1/licenses/{license_id}/resume"),
    }


def _made_true(body: Any) -> Any:
    """A body of the right shape, with what no schema can say put right, too."""
    if not isinstance(body, dict):
        return body
    today = datetime.now(UTC).date()
    for place, day in enumerate(body.get("usage", ())):
        day["date"] = str(today - timedelta(days=place))
    if "reason" in body:
        body["reason"] = "The invoice of October is open."
    if "instance_name" in body:
        body = _a_true_installation(body)
    return _a_true_purchase(body) if "order_number" in body else body


def _a_true_installation(body: dict[str, Any]) -> dict[str, Any]:
    code = Key.objects.get().code
    body |= {name: code for name in ("key", "key_hint") if body.get(name) is not None}
    body |= (
        {"version": "21.0", "from_version": "20.0"}
        if body["mode"] == "upgrade"
        else {"from_version": None}
    )
    if not body["instance_name"].isprintable() or not body["instance_name"].strip():
        body["instance_name"] = "Farm"
    return body


def _a_true_purchase(body: dict[str, Any]) -> dict[str, Any]:
    is_subscription = body["kind"] == "subscription"
    return body | {
        "order_number": f"PO-{uuid.uuid4()}",
        "company": "Acme Corp",
        "primary_email": "anna@acme.example",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31" if is_subscription else None,
        "upgrade_insurance_until": None,
        "version": "20.0",
        "key": None,
    }
