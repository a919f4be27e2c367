"""More users than seats: the seven days of a key and of all instances under it (SPEC 4.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.membership.actions.authority import lock_account_of
from licensing.activation.errors import NotLicensed
from licensing.events import Event
from licensing.fleet import emails
from licensing.fleet.reading import reporting
from licensing.licenses.actions import peaks
from licensing.licenses.models import Activation, Heartbeat, Key
from licensing.licenses.rules import entitlement


def alone(activation: Activation) -> Activation:
    """The activation, read again under locks that keep it and its key's sum from changing.

    The account is locked first, as everywhere: activations hold that lock, and the event and mails
    need it. Raises NotLicensed.
    """
    lock_account_of(activation.instance)
    again = reporting.of_instance(activation.instance)
    if again is None:
        raise NotLicensed
    peaks.lock(again.key_id)
    Heartbeat.objects.select_for_update().get(pk=again.instance_id)
    return reporting.of_instance(activation.instance) or again


def turn(activation: Activation, *, users: int, now: datetime) -> None:
    """Start the key's seven days when `users` are more than its seats, and tell once; else stop
    them. Call it when `alone`."""
    key = activation.key
    mine = Key.objects.filter(pk=key.pk)
    if users <= key.seats:
        key.over_since = None
        mine.filter(over_since__isnull=False).update(over_since=None)
    elif mine.filter(over_since=None).update(over_since=now):
        key.over_since = now
        _tell(activation, users, now)


@transaction.atomic
def settle(activation: Activation, *, now: datetime) -> None:
    """Start or stop the seven days by the sum as it is, whoever changed it; later is fine, too."""
    try:
        again = alone(activation)
    except NotLicensed:
        return
    turn(again, users=again.key.usage.peak_users, now=now)
    activation.key.over_since = again.key.over_since


def _tell(activation: Activation, users: int, now: datetime) -> None:
    instance, seats = activation.instance, activation.key.seats
    audit.record(
        Event.INSTANCE_OVERUSED,
        account=instance.account,
        actor=None,
        now=now,
        subject=instance,
        peak=users,
        seats=seats,
    )
    limited_from = now + entitlement.OVERUSE_PERIOD
    emails.seats_exceeded(activation, peak=users, limited_from=limited_from, now=now)
