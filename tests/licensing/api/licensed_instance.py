"""A company with a licensed instance that holds its token, and how it asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import issuing
from licensing.enrollment.actions import enrollment
from licensing.fleet.reading import reporting
from licensing.licenses.models import Instance, License
from licensing.protocol import tokens
from tests.licensing import license_factories
from tests.personas import Response


@dataclass(frozen=True)
class ApiClient:
    """Somebody with a token, without cookies."""

    token: str

    def get(self, path: str) -> Response:
        return Client().get(f"/api/v1{path}", headers=self._headers)

    def post(self, path: str, body: object = None, **extra: Any) -> Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        extra = {"content_type": "application/json"} | extra
        return Client().post(f"/api/v1{path}", data, headers=self._headers, **extra)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class LicensedInstance:
    """One licensed instance."""

    license: License
    instance: Instance
    asker: ApiClient


def house(account: BusinessAccount, *, now: datetime, **facts: Any) -> LicensedInstance:
    license = license_factories.subscription(account, now=now, **facts)
    instance = license_factories.instance(account, now=now)
    license_factories.activation(instance, license_factories.primary_key(license), now=now)
    secret = tokens.new_secret("rasi")
    instance.token_digest = tokens.digest(secret)
    instance.save(update_fields=["token_digest"])
    activation = reporting.of_token(instance.token_digest)
    assert activation is not None
    issuing.issue(activation, now=now)
    instance.refresh_from_db()
    return LicensedInstance(license, instance, ApiClient(secret))


def enroller(license: License, *, by: User, uses: int = 5, now: datetime) -> ApiClient:
    """A machine with a fresh enrollment token for the primary key."""
    assert license.account is not None
    made = enrollment.make(
        account=license.account,
        key=license_factories.primary_key(license),
        name="Rollout",
        uses=uses,
        expires_at=now + enrollment.MAX_TOKEN_LIFETIME,
        by=by,
        now=now,
    )
    return ApiClient(made.secret)


def facts(**changes: Any) -> dict[str, Any]:
    """A good body of an unattended activation."""
    return {
        "type": "ras_activation",
        "mode": "activate",
        "instance_id": "0d9b3f8e-6d0f-4b51-9f0a-5a0f2f6f1c11",
        "instance_name": "Farm One",
        "host": "ras1.acme.example",
        "version": "20.0",
    } | changes


def refusal(response: Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, when it is one with this status and code."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"http://testserver/api/v1/docs#{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["reference"] == response["X-Request-Id"]
    return problem
