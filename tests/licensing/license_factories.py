"""Licenses, keys and instances for tests, made directly: the rules of the actions are tested
elsewhere. The counts of seats are kept right."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.activation.rules.installation import Installation
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.actions import peaks
from licensing.licenses.models import (
    Activation,
    Heartbeat,
    Instance,
    Key,
    License,
    Product,
)
from licensing.licenses.rules import key_codes
from licensing.protocol import tokens
from licensing.purchases.models import Purchase


def subscription(
    account: BusinessAccount | None, *, seats: int = 100, now: datetime, **facts: Any
) -> License:
    """A RAS subscription that began 100 days ago and ends in 265, with its primary key."""
    fields = {
        "product": Product.RAS,
        "kind": License.Kind.SUBSCRIPTION,
        "name": "Subscription 2027",
        "starts_on": now.date() - timedelta(days=100),
        "ends_on": now.date() + timedelta(days=265),
        "created_at": now,
    } | facts
    if fields.get("suspended_at"):
        fields.setdefault("suspension_reason", "The invoice of October is open.")
    license = License.objects.create(account=account, seats=seats, **fields)
    key(license, now=now)
    return license


def permanent(
    account: BusinessAccount | None,
    *,
    insured_until: date | None,
    now: datetime,
    seats: int = 25,
    version: str = "19",
    **facts: Any,
) -> License:
    """A permanent license of an older version, with or without upgrade insurance."""
    return subscription(
        account,
        seats=seats,
        now=now,
        kind=License.Kind.PERMANENT,
        name="Permanent 2023",
        ends_on=None,
        starts_on=date(2023, 1, 15),
        version_bought=version,
        upgrade_insurance_until=insured_until,
        **facts,
    )


def key(
    license: License, *, now: datetime, reserved: int | None = None, name: str = "Primary key"
) -> Key:
    """A key; without `reserved` it is the primary one."""
    if reserved is not None:
        License.objects.filter(pk=license.pk).update(seats_reserved=F("seats_reserved") + reserved)
    return Key.objects.create(
        license=license,
        code=key_codes.new_code(),
        name=name,
        is_primary=reserved is None,
        reserved=reserved,
        created_at=now,
    )


cut_key = key


def primary_key(license: License) -> Key:
    return Key.objects.select_related("license__account").get(license=license, is_primary=True)


def instance(
    account: BusinessAccount, *, now: datetime, name: str = "Farm One", **facts: Any
) -> Instance:
    """Facts of its heartbeat are told by the same names."""
    beat = {name: facts.pop(name) for name in _OF_HEARTBEAT & facts.keys()}
    beat = {"last_seen_at": now, **beat}
    fields = {
        "instance_id": uuid.uuid4(),
        "host": "ras1.acme.example",
        "version": "20.0",
        "first_seen_at": now,
        "seen_around": beat["last_seen_at"],
    } | facts
    made = Instance.objects.create(account=account, name=name, **fields)
    Heartbeat.objects.create(instance=made, **beat)
    return made


_OF_HEARTBEAT = {field.name for field in Heartbeat._meta.concrete_fields}


def activation(
    instance: Instance, key: Key, *, now: datetime, by: User | None = None, **facts: Any
) -> Activation:
    """A live, collected activation that holds its seat."""
    if key.reserved is None:
        License.objects.filter(pk=key.license_id).update(seats_shared=F("seats_shared") + 1)
    Key.objects.filter(pk=key.pk).update(instances_live=F("instances_live") + 1)
    fields = {
        "channel": Activation.Channel.ONLINE,
        "mode": Activation.Mode.ACTIVATE,
        "activated_at": now,
        "collected_at": now,
    } | facts
    made = Activation.objects.create(
        instance=instance,
        installation=instance.instance_id,
        key=key,
        version=instance.version,
        activated_by=by,
        **fields,
    )
    if made.deactivated_at is None:
        with transaction.atomic():
            peaks.join(made)
        instance.heartbeat.refresh_from_db()
    return made


def licensed(
    account: BusinessAccount, key: Key, now: datetime, name: str = "Farm One", **facts: Any
) -> Instance:
    """An instance that runs under `key`; `channel` and `collected_at` are its activation's. With
    `over_since`, and others under `key`, it has a key of its own: the clock is the key's."""
    if over_since := facts.pop("over_since", None):
        if Activation.objects.live().filter(key=key).exists():
            key = cut_key(key.license, reserved=1, name=f"For {name}", now=now)
        Key.objects.filter(pk=key.pk).update(over_since=over_since)
    of_activation = {
        field: facts.pop(field) for field in ("channel", "collected_at") if field in facts
    }
    made = instance(account, now=now, name=name, **facts)
    activation(made, key, now=now, **of_activation)
    return made


def installation(**facts: Any) -> Installation:
    """What a fresh installation says of itself."""
    fields: dict[str, Any] = {
        "instance_id": uuid.uuid4(),
        "name": "Farm One",
        "host": "ras1.acme.example",
        "version": "20.0",
    }
    return Installation(**(fields | facts))


def request(*, now: datetime, device_code: str = "", **facts: Any) -> ActivationRequest:
    """A console's request, waiting for a person."""
    fields = {
        "channel": Activation.Channel.ONLINE,
        "device_code_digest": tokens.digest(device_code or tokens.new_secret("rasd")),
        "user_code": tokens.new_user_code(),
        "mode": Activation.Mode.ACTIVATE,
        "instance_id": uuid.uuid4(),
        "instance_name": "Farm One",
        "host": "ras1.acme.example",
        "version": "20.0",
        "address": "192.0.2.7",
        "created_at": now,
        "expires_at": now + timedelta(minutes=30),
    } | facts
    return ActivationRequest.objects.create(**fields)


def purchase(
    account: BusinessAccount | None, *, email: str, now: datetime, **facts: Any
) -> Purchase:
    """A purchase of a subscription through a reseller, with its license and primary key."""
    license = facts.pop("license", None) or subscription(account, now=now)
    fields = {
        "order_number": f"N-{uuid.uuid4().hex[:8]}",
        "channel": Purchase.Channel.RESELLER,
        "company": account.name if account else "Winter Works",
        "primary_email": email,
        "primary_email_display": email,
        "product": license.product,
        "kind": license.kind,
        "seats": license.seats,
        "starts_on": license.starts_on,
        "ends_on": license.ends_on,
        "content_digest": "0" * 64,
        "created_at": now,
    } | facts
    return Purchase.objects.create(license=license, **fields)


def enrollment_token(
    license: License, *, by: User, uses: int = 5, now: datetime
) -> EnrollmentToken:
    """A token for the primary key, good for 30 days."""
    assert license.account is not None
    return EnrollmentToken.objects.create(
        account=license.account,
        key=primary_key(license),
        name="Rollout",
        digest=tokens.digest(tokens.new_secret("rase")),
        uses_allowed=uses,
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=30),
    )
