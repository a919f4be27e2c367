from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.outbox.rendering import safe_name
from licensing.activation.emails import _page, to_administrators
from licensing.licenses.models import Activation, Instance


def seats_exceeded(
    activation: Activation, *, peak: int, limited_from: datetime, now: datetime
) -> None:
    """Tell people about more users than seats under a key, and what happens in seven days
    (SPEC 4.2)."""
    instance, key = activation.instance, activation.key
    to_administrators(
        "seats_exceeded",
        instance.account,
        now,
        url=_page(instance),
        instance=safe_name(instance),
        license=safe_name(key.license),
        key=key.last_five,
        peak=peak,
        seats=key.seats,
        limited_from=limited_from,
    )


def document_ends(instance: Instance, *, now: datetime) -> None:
    """Tell people that an offline instance needs a new license file."""
    to_administrators(
        "document_ends",
        instance.account,
        now,
        url=settings.PORTAL_ORIGIN + reverse("activate_offline"),
        instance=safe_name(instance),
        until=instance.heartbeat.document_ends_at,
    )
