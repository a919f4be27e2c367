from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.emails.rendering import post, safe_host, safe_line
from accounts.models import BusinessAccount, Membership
from licensing.models import Activation, ActivationRequest, Instance


def instance_activated(
    activation: Activation, *, now: datetime, replaced: Instance | None = None
) -> None:
    """Tell the administrators that an instance runs under one of their keys, and who did it."""
    instance, by = activation.instance, activation.activated_by
    _to_administrators(
        "instance_activated",
        instance.account,
        now,
        url=_page(instance),
        instance=safe_line(instance),
        replaced=safe_line(replaced or ""),
        by=safe_line(by or ""),
        by_email=by.email_display if by else "",
        upgraded=activation.mode == Activation.Mode.UPGRADE,
        from_version=activation.from_version,
        at=activation.activated_at,
        host=safe_host(instance.host),
        version=activation.version,
        license=safe_line(activation.key.license),
        key=activation.key.last_five,
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
        person=safe_line(request.claimed_by),
        person_email=request.claimed_by.email_display,
        upgraded=request.mode == Activation.Mode.UPGRADE,
        at=request.created_at,
        address=request.address,
        host=safe_host(request.host),
        version=request.version,
        until=request.expires_at,
    )


def seats_exceeded(
    activation: Activation, *, peak: int, limited_from: datetime, now: datetime
) -> None:
    """More users than seats under a key: say what happens in seven days (SPEC 4.2)."""
    instance, key = activation.instance, activation.key
    _to_administrators(
        "seats_exceeded",
        instance.account,
        now,
        url=_page(instance),
        instance=safe_line(instance),
        license=safe_line(key.license),
        key=key.last_five,
        peak=peak,
        seats=key.seats,
        limited_from=limited_from,
    )


def document_ends(instance: Instance, *, now: datetime) -> None:
    """An offline instance needs a fresh license file: it can't fetch one by itself."""
    _to_administrators(
        "document_ends",
        instance.account,
        now,
        url=settings.PORTAL_ORIGIN + reverse("activate_offline"),
        instance=safe_line(instance),
        until=instance.document_ends_at,
    )


def _page(instance: Instance) -> str:
    return settings.PORTAL_ORIGIN + instance.get_absolute_url()


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
