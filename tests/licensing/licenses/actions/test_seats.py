"""Seats: given away once each, given back, and never more than there are (SPEC 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.directory.models import BusinessAccount
from licensing.licenses.actions import seats
from licensing.licenses.errors import KeyRevoked, NoSeatsLeft, NotEnoughSeats
from licensing.licenses.models import Key, License
from tests.licensing import license_factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def counts(license: License) -> tuple[int, int]:
    """Reserved, shared."""
    license.refresh_from_db()
    return license.seats_reserved, license.seats_shared


def live(key: Key) -> int:
    key.refresh_from_db()
    return key.instances_live


def test_an_instance_takes_a_shared_seat_and_gives_it_back(
    acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now, seats=2)
    key = license_factories.primary_key(license)

    seats.take(key)
    seats.take(key)
    with pytest.raises(NoSeatsLeft):
        seats.take(key)

    assert (counts(license), live(key)) == ((0, 2), 2)

    seats.give_back(key)

    assert (counts(license), live(key)) == ((0, 1), 1)


def test_a_key_with_a_reservation_serves_as_many_instances_as_it_reserves(
    acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now, seats=10)
    key = license_factories.key(license, now=now, reserved=1, name="Graz")

    seats.take(key)
    with pytest.raises(NoSeatsLeft):
        seats.take(key)

    assert (counts(license), live(key)) == ((1, 0), 1)

    seats.give_back(key)

    assert (counts(license), live(key)) == ((1, 0), 0)


def test_reserved_seats_are_not_shared(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.subscription(acme, now=now, seats=3)

    seats.reserve(license, 3)

    with pytest.raises(NoSeatsLeft):
        seats.take(license_factories.primary_key(license))
    with pytest.raises(NotEnoughSeats):
        seats.reserve(license, 1)
    seats.unreserve(license, 3)
    assert counts(license) == (0, 0)


def test_shared_seats_are_not_reserved(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.subscription(acme, now=now, seats=3)
    seats.take(license_factories.primary_key(license))

    with pytest.raises(NotEnoughSeats):
        seats.reserve(license, 3)

    seats.reserve(license, 2)
    assert counts(license) == (2, 1)


@pytest.mark.parametrize("reserved", [None, 5])
def test_a_revoked_key_gives_no_seat(
    reserved: int | None, acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    key = license_factories.primary_key(license)
    if reserved:
        key = license_factories.key(license, now=now, reserved=reserved)
    before = counts(license)
    Key.objects.filter(pk=key.pk).update(revoked_at=now)

    with pytest.raises((KeyRevoked, NoSeatsLeft)), transaction.atomic():
        seats.take(key)

    assert (counts(license), live(key)) == (before, 0)


@pytest.mark.parametrize("reserved", [None, 1])
def test_acme_neither_takes_nor_finds_the_seats_of_globex(
    reserved: int | None, acme: BusinessAccount, globex: BusinessAccount, now: datetime
) -> None:
    full, beside = (
        license_factories.subscription(account, now=now, seats=seats)
        for account, seats in ((acme, 1), (globex, 9))
    )
    key, other = (license_factories.primary_key(license) for license in (full, beside))
    if reserved:
        key = license_factories.key(full, now=now, reserved=1, name="Graz")
        other = license_factories.key(beside, now=now, reserved=9, name="Linz")
    before = counts(beside)

    seats.take(key)
    with pytest.raises(NoSeatsLeft):
        seats.take(key)

    assert (counts(beside), live(other)) == (before, 0)
    assert live(key) == 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["take", "back", "reserve", "free"]), st.integers(1, 4))))
def test_no_history_ever_sells_a_seat_twice(
    acme: BusinessAccount, now: datetime, steps: list[tuple[str, int]]
) -> None:
    license = license_factories.subscription(acme, now=now, seats=5)
    key = license_factories.primary_key(license)
    held, reserved = 0, list[int]()

    for act, amount in steps:
        left = 5 - held - sum(reserved)
        if act == "take":
            held += _done(partial(seats.take, key), possible=left > 0)
        elif act == "back" and held:
            seats.give_back(key)
            held -= 1
        elif act == "reserve":
            if _done(partial(seats.reserve, license, amount), possible=left >= amount):
                reserved.append(amount)
        elif act == "free" and reserved:
            seats.unreserve(license, reserved.pop())

        assert counts(license) == (sum(reserved), held)
        assert live(key) == held


def _done(act: Callable[[], None], *, possible: bool) -> bool:
    """Whether `act` went through, which has to be whether it was `possible`."""
    try:
        act()
    except (NoSeatsLeft, NotEnoughSeats):
        assert not possible
        return False
    assert possible
    return True
