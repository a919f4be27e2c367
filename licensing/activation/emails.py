"""Mails about requests for activation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.directory.models import BusinessAccount, Membership
from accounts.outbox.rendering import post, safe_host, safe_name
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, Instance


def approval_wanted(request: ActivationRequest, *, now: datetime) -> None:
    """Ask the administrators to approve a request of a member without the permission (SPEC A13)."""
    assert request.account is not None
    assert request.claimed_by is not None
    to_administrators(
        "approval_wanted",
        request.account,
        now,
        expires_at=request.expires_at,
        url=settings.PORTAL_ORIGIN + request.get_absolute_url(),
        instance=safe_name(request.instance_name),
        person=safe_name(request.claimed_by),
        person_email=request.claimed_by.email_display,
        upgraded=request.mode == Activation.Mode.UPGRADE,
        at=request.created_at,
        address=request.address,
        host=safe_host(request.host),
        version=request.version,
        until=request.expires_at,
    )


def instance_activated(
    activation: Activation, *, now: datetime, replaced: Instance | None = None
) -> None:
    """Tell the administrators that an instance was activated under one of their keys, and by
    whom."""
    instance, by = activation.instance, activation.activated_by
    to_administrators(
        "instance_activated",
        instance.account,
        now,
        url=_page(instance),
        instance=safe_name(instance),
        replaced=safe_name(replaced or ""),
        by=safe_name(by or ""),
        by_email=by.email_display if by else "",
        upgraded=activation.mode == Activation.Mode.UPGRADE,
        from_version=activation.from_version,
        at=activation.activated_at,
        host=safe_host(instance.host),
        version=activation.version,
        license=safe_name(activation.key.license),
        key=activation.key.last_five,
    )


def to_administrators(
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


def _page(instance: Instance) -> str:
    return settings.PORTAL_ORIGIN + instance.get_absolute_url()
