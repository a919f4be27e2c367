from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.emails.rendering import post, safe_line
from accounts.models import BusinessAccount, Membership
from licensing.models import Activation, ActivationRequest, Instance


def instance_activated(activation: Activation, *, now: datetime) -> None:
    """Tell the administrators that an instance runs under one of their keys."""
    instance, key = activation.instance, activation.key
    by = activation.activated_by
    _to_administrators(
        "instance_activated",
        instance.account,
        now,
        url=settings.PORTAL_ORIGIN + instance.get_absolute_url(),
        instance=safe_line(instance),
        host=safe_line(instance.host),
        version=instance.version,
        upgraded=activation.mode == Activation.Mode.UPGRADE,
        license=safe_line(key.license),
        key=key.last_five,
        by=safe_line(by) if by else "",
    )


def approval_wanted(request: ActivationRequest, *, now: datetime) -> None:
    """Ask the administrators to approve what a person without the right can't (SPEC A13)."""
    assert request.account is not None
    assert request.claimed_by is not None
    _to_administrators(
        "approval_wanted",
        request.account,
        now,
        expires_at=request.expires_at,
        url=settings.PORTAL_ORIGIN + request.get_absolute_url(),
        instance=safe_line(request.instance_name),
        host=safe_line(request.host),
        version=request.version,
        person=safe_line(request.claimed_by),
        person_email=request.claimed_by.email_display,
        until=request.expires_at,
    )


def seats_exceeded(instance: Instance, *, peak: int, seats: int, now: datetime) -> None:
    """More users than seats: say what happens in seven days (SPEC 4.2)."""
    _to_administrators(
        "seats_exceeded",
        instance.account,
        now,
        url=settings.PORTAL_ORIGIN + instance.get_absolute_url(),
        instance=safe_line(instance),
        peak=peak,
        seats=seats,
    )


def document_ends(instance: Instance, *, days: int, now: datetime) -> None:
    """An offline instance needs a fresh license file: it can't fetch one by itself."""
    _to_administrators(
        "document_ends",
        instance.account,
        now,
        url=settings.PORTAL_ORIGIN + instance.get_absolute_url(),
        instance=safe_line(instance),
        days=days,
        until=instance.document_ends_at,
    )


def _to_administrators(
    name: str,
    account: BusinessAccount,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    **context: Any,
) -> None:
    administrators = Membership.objects.active().administrators().filter(account=account)
    for email in administrators.order_by("pk").values_list("user__email", flat=True):
        post(name, to=email, now=now, account=account, expires_at=expires_at, **context)
