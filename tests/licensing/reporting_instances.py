"""Licensed instances that report, for the tests of check-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt

from licensing.fleet.actions import check_ins
from licensing.fleet.actions.check_ins import CheckInResult, Report
from licensing.fleet.reading import reporting
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.protocol import tokens
from tests.licensing import license_factories


def farm_of(
    license: License, *, now: datetime, name: str = "Farm One", version: str = "20.0"
) -> Instance:
    assert license.account is not None
    instance = license_factories.instance(license.account, now=now, name=name, version=version)
    return activated(instance, license_factories.primary_key(license), now=now)


def activated(instance: Instance, key: Key, *, now: datetime) -> Instance:
    license_factories.activation(instance, key, now=now)
    instance.token_digest = tokens.digest(tokens.new_secret("rasi"))
    instance.save(update_fields=["token_digest"])
    return instance


def activation_of(farm: Instance) -> Activation:
    activation = reporting.of_token(farm.token_digest or "")
    assert activation is not None
    return activation


def report(
    farm: Instance, usage: dict[datetime, int], *, now: datetime, version: str = "20.0"
) -> CheckInResult:
    said = Report(version, {day.date(): peak for day, peak in usage.items()})
    return check_ins.record(activation=activation_of(farm), report=said, now=now)


def claims(answer: CheckInResult) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(answer.document, options={"verify_signature": False})
    return claims


def is_limited(answer: CheckInResult) -> bool:
    return bool(claims(answer)["license"]["limited"])
