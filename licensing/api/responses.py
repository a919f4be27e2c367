"""Rows as the API shows them."""

from __future__ import annotations

import uuid
from datetime import datetime

from licensing.activation.actions.collecting import CollectedLicense
from licensing.api.schemas import (
    AccountOut,
    ActivatedOut,
    ActivationOut,
    CheckInOut,
    InstanceOut,
    LicenseOut,
    NoticeOut,
)
from licensing.fleet.actions.check_ins import CheckInResult
from licensing.licenses.models import Activation
from licensing.licenses.rules import check_in_times, entitlement


def instance(activation: Activation, now: datetime) -> InstanceOut:
    """An instance with what it runs, or last ran, under."""
    row, account = activation.instance, activation.instance.account.holder()
    return InstanceOut(
        instance_id=row.instance_id,
        name=row.name,
        host=row.host,
        version=row.version,
        state="deactivated" if activation.deactivated_at else "licensed",
        account=AccountOut(id=account.slug, name=account.name),
        activation=ActivationOut(
            id=activation.public_id,
            channel=activation.channel,
            version=activation.version,
            activated_at=activation.activated_at,
            ended_at=activation.deactivated_at,
            ending=activation.ending or None,
        ),
        license=_license(activation, now),
        document_ends_at=row.heartbeat.document_ends_at,
        last_check_in_at=row.heartbeat.last_check_in_at,
    )


def check_in(answer: CheckInResult, *, instance_id: uuid.UUID, now: datetime) -> CheckInOut:
    return CheckInOut(
        license=answer.document,
        notices=[NoticeOut(code=notice.code, text=notice.text) for notice in answer.notices],
        acknowledged_through=answer.acknowledged_through,
        next_check_in_at=check_in_times.next_check_in(instance_id, now=now),
    )


def activated(collected: CollectedLicense) -> ActivatedOut:
    return ActivatedOut(
        token=collected.token,
        activation_id=collected.activation.public_id,
        license=collected.document,
    )


def _license(activation: Activation, now: datetime) -> LicenseOut:
    key, license = activation.key, activation.key.license
    return LicenseOut(
        name=license.name,
        kind=license.kind,
        product=license.product,
        status=entitlement.status(license, now.date()).value,
        seats=key.seats,
        key_last_five=key.last_five,
        expires_on=license.ends_on,
        runs_until=entitlement.last_day(license),
        max_version=entitlement.max_version(license),
    )
