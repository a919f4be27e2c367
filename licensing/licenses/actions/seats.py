"""Counting seats with one conditional UPDATE each, so that the last seat is taken only once."""

from __future__ import annotations

from django.db.models import F

from licensing.licenses.errors import KeyRevoked, NoSeatsLeft, NotEnoughSeats
from licensing.licenses.models import Key, License


def take(key: Key) -> None:
    """Take a seat under `key` for one instance. Raises NoSeatsLeft, KeyRevoked."""
    if key.reserved is None:
        room = License.objects.filter(
            pk=key.license_id, seats__gt=F("seats_reserved") + F("seats_shared")
        )
        if not room.update(seats_shared=F("seats_shared") + 1):
            raise NoSeatsLeft
        live = Key.objects.live().filter(pk=key.pk)
        if not live.update(instances_live=F("instances_live") + 1):
            raise KeyRevoked
        return
    free = Key.objects.live().filter(pk=key.pk, reserved__gt=F("instances_live"))
    if not free.update(instances_live=F("instances_live") + 1):
        raise NoSeatsLeft


def give_back(key: Key) -> None:
    """Free the seat of one instance under `key`."""
    if key.reserved is None:
        License.objects.filter(pk=key.license_id).update(seats_shared=F("seats_shared") - 1)
    Key.objects.filter(pk=key.pk).update(instances_live=F("instances_live") - 1)


def reserve(license: License, seats: int) -> None:
    """Reserve `seats` of the license for a key. Raises NotEnoughSeats."""
    room = License.objects.filter(
        pk=license.pk, seats__gte=F("seats_reserved") + F("seats_shared") + seats
    )
    if not room.update(seats_reserved=F("seats_reserved") + seats):
        raise NotEnoughSeats


def unreserve(license: License, seats: int) -> None:
    """Free the seats that a revoked key had reserved."""
    License.objects.filter(pk=license.pk).update(seats_reserved=F("seats_reserved") - seats)
