"""The vendor's systems suspend licenses and let them run again, once each (CONTRACT, SPEC 6)."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.directory.models import BusinessAccount
from accounts.outbox.models import OutboxMail
from licensing.licenses.models import License
from tests.licensing import license_factories
from tests.licensing.api.licensed_instance import LicensedInstance, refusal
from tests.personas import Response

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


def post(
    act: str,
    license_id: object,
    *,
    reason: object = "Unpaid since October.",
    key: str | None = "k-1",
    token: str | None = None,
    **more: Any,
) -> Response:
    headers = {"Authorization": f"Bearer {token or settings.PORTAL_VENDOR_TOKEN}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = json.dumps({"reason": reason} | more)
    return Client().post(
        f"/api/v1/licenses/{license_id}/{act}",
        body,
        content_type="application/json",
        headers=headers,
    )


def test_a_license_is_suspended_and_runs_again(license: License, acme: BusinessAccount) -> None:
    stopped = post("suspend", license.public_id).json()
    again = post("resume", license.public_id, reason="Paid.", key="k-2").json()

    assert stopped.pop("suspended_at")
    assert stopped == {
        "license_id": str(license.public_id),
        "license_name": "Subscription 2027",
        "account": {"id": acme.slug, "name": "Acme Corp"},
        "status": "suspended",
        "reason": "Unpaid since October.",
    }
    assert (again["status"], again["suspended_at"], again["reason"]) == ("active", None, None)


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(license: License) -> None:
    first = post("suspend", license.public_id)
    post("resume", license.public_id, key="k-2")

    again = post("suspend", license.public_id)

    assert again.json() == first.json()
    license.refresh_from_db()
    assert license.suspended_at is None
    assert OutboxMail.objects.filter(kind="license_suspended").count() == 1


def test_one_key_stands_for_one_act_on_one_license(license: License, now: datetime) -> None:
    other = license_factories.subscription(license.account, now=now)
    post("suspend", license.public_id)

    for act, license_id, reason in [
        ("resume", license.public_id, "Unpaid since October."),
        ("suspend", other.public_id, "Unpaid since October."),
        ("suspend", license.public_id, "Another."),
    ]:
        answer = post(act, license_id, reason=reason)
        refusal(answer, 422, "idempotency_key_reused")


def test_a_license_that_is_not_there_is_not_found(license: License) -> None:
    refusal(post("suspend", uuid.uuid4()), 404, "not_found")
    refusal(post("suspend", "1"), 404, "not_found")


@pytest.mark.parametrize("reason", ["", " ", "\u00a0", "x" * 501, "a\x07b", "\u202e", None, 7, []])
def test_a_reason_that_says_nothing_is_refused(license: License, reason: object) -> None:
    problem = refusal(post("suspend", license.public_id, reason=reason), 422, "fields_invalid")

    assert problem["errors"][0]["pointer"] == "/reason"
    license.refresh_from_db()
    assert license.suspended_at is None


def test_others_may_not(license: License, farm: LicensedInstance) -> None:
    refusal(post("suspend", license.public_id, token="guess"), 401, "token_invalid")
    refusal(post("suspend", license.public_id, token=farm.asker.token), 401, "token_invalid")
    refusal(post("suspend", license.public_id, key=None), 400, "idempotency_key_missing")
    refusal(post("suspend", license.public_id, by="me"), 422, "fields_invalid")

    license.refresh_from_db()
    assert license.suspended_at is None
