"""Keys are cut, renamed, revoked and revealed by those who may, and each act is noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from licensing.events import Event
from licensing.licenses.actions import keys
from licensing.licenses.errors import KeyInUse, KeyRevoked, NotEnoughSeats
from licensing.licenses.models import Key, License
from licensing.licenses.rules import key_codes
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db


def again(key: Key) -> Key:
    return Key.objects.select_related("license__account").get(pk=key.pk)


def left(license: License) -> int:
    license.refresh_from_db()
    return license.seats_left


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now, seats=100)


def test_a_cut_key_reserves_its_seats(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = keys.cut(license=license, reserved=30, name="Graz", by=bob, now=now)

    assert key_codes.canonical(key.code) == key.code
    assert (key.reserved, key.is_primary, key.created_by) == (30, False, bob)
    assert left(license) == 70
    event = acme.events.get()
    assert (event.event, event.actor, event.details["seats"]) == (Event.KEY_CUT, bob, 30)
    assert key.code not in str(event.details) + event.subject


def test_a_key_never_reserves_more_than_is_left(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    keys.cut(license=license, reserved=99, name="Graz", by=bob, now=now)

    with pytest.raises(NotEnoughSeats):
        keys.cut(license=license, reserved=2, name="Linz", by=bob, now=now)

    assert left(license) == 1
    assert license.keys.count() == 2
    assert acme.events.count() == 1


def test_renaming_notes_both_names_and_nothing_when_nothing_changes(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = again(license_factories.primary_key(license))

    keys.rename(key=key, name="Primary key", by=bob, now=now)
    assert not acme.events.exists()
    keys.rename(key=key, name="Vienna", by=bob, now=now)

    assert again(key).name == "Vienna"
    assert acme.events.get().details == {"before": f"Primary key (…{key.last_five})"}


def test_a_revoked_key_frees_what_it_reserved(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = again(license_factories.key(license, now=now, reserved=30, name="Graz"))

    assert keys.revoke(key=key, by=bob, now=now) is None

    assert left(license) == 100
    assert again(key).revoked_at == now
    with pytest.raises(KeyRevoked):
        keys.revoke(key=key, by=bob, now=now)
    assert left(license) == 100
    assert acme.events.get().event == Event.KEY_REVOKED


def test_a_revoked_primary_key_has_a_successor_and_both_are_noted(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = again(license_factories.primary_key(license))

    successor = keys.revoke(key=key, by=bob, now=now)

    assert successor is not None
    assert successor.is_primary
    assert license.keys.live().get() == successor
    assert left(license) == 100
    ended, begun = acme.events.order_by("pk")
    assert (ended.event, ended.subject) == (Event.KEY_REVOKED, str(key))
    assert (begun.event, begun.subject, begun.actor) == (Event.KEY_SUCCEEDED, str(successor), bob)
    assert successor.code not in str(begun.details) + begun.subject


def test_a_key_that_instances_run_under_stays(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = again(license_factories.primary_key(license))
    license_factories.activation(license_factories.instance(acme, now=now), key, now=now)

    with pytest.raises(KeyInUse):
        keys.revoke(key=key, by=bob, now=now)

    assert again(key).revoked_at is None
    assert not acme.events.exists()


def test_revealing_gives_the_code_and_notes_who_saw_it(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    key = again(license_factories.primary_key(license))

    assert keys.reveal(key=key, by=bob, now=now) == key.code

    event = acme.events.get()
    assert (event.event, event.actor, event.details) == (Event.KEY_REVEALED, bob, {})


@pytest.mark.parametrize("who", ["mia", "charlie"])
def test_others_may_do_nothing_to_a_key(
    who: str,
    acme: BusinessAccount,
    license: License,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    by = {"mia": mia, "charlie": charlie}[who]
    key = again(license_factories.primary_key(license))
    acts: list[Callable[[], object]] = [
        lambda: keys.cut(license=license, reserved=1, name="Graz", by=by, now=now),
        lambda: keys.rename(key=key, name="Mine", by=by, now=now),
        lambda: keys.revoke(key=key, by=by, now=now),
        lambda: keys.reveal(key=key, by=by, now=now),
    ]

    for act in acts:
        with pytest.raises(NotAllowed):
            act()

    assert list(license.keys.live()) == [key]
    assert not acme.events.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_of_two_who_cut_the_last_seats_at_once_one_wins(
    acme: BusinessAccount, license: License, alice: User, bob: User, now: datetime
) -> None:
    outcomes = run_concurrently(
        lambda: keys.cut(license=license, reserved=60, name="Graz", by=alice, now=now),
        lambda: keys.cut(license=license, reserved=60, name="Linz", by=bob, now=now),
    )

    assert [type(refusal) for refusal in refusals(outcomes)] == [NotEnoughSeats]
    assert left(license) == 40
    assert license.keys.filter(reserved=60).count() == 1
    assert acme.events.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_of_two_who_revoke_the_primary_key_at_once_one_makes_its_successor(
    acme: BusinessAccount, license: License, alice: User, bob: User, now: datetime
) -> None:
    key = again(license_factories.primary_key(license))

    outcomes = run_concurrently(
        lambda: keys.revoke(key=key, by=alice, now=now),
        lambda: keys.revoke(key=again(key), by=bob, now=now),
    )

    assert [type(refusal) for refusal in refusals(outcomes)] == [KeyRevoked]
    assert license.keys.live().count() == 1


@pytest.mark.embedded
def test_a_key_that_was_read_before_a_rename_is_noted_by_its_present_name(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    key = license_factories.key(license, now=now, reserved=5, name="Graz")
    stale, renamed = Key.objects.get(pk=key.pk), Key.objects.get(pk=key.pk)
    keys.rename(key=key, name="Linz", by=bob, now=now)

    keys.reveal(key=renamed, by=bob, now=now)
    keys.rename(key=stale, name="Graz", by=bob, now=now)

    key.refresh_from_db()
    assert key.name == "Graz"
    revealed, last = AuditEvent.objects.order_by("pk")[1:]
    assert revealed.subject.startswith("Linz")
    assert "Linz" in last.details["before"]
