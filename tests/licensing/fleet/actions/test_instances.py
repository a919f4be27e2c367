"""What people do with an instance: the actions behind the pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached, NotAllowed
from licensing.activation.errors import NotLicensed
from licensing.events import Event
from licensing.fleet.actions import instances
from licensing.licenses.errors import (
    KeyNotInAccount,
    LicenseNotUsable,
    NoSeatsLeft,
    VersionNotCovered,
)
from licensing.licenses.models import Activation, Heartbeat, Instance, Key, License
from tests.licensing import forged_documents, license_factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


@pytest.fixture
def farm(acme: BusinessAccount, license: License, now: datetime) -> Instance:
    return license_factories.licensed(acme, license_factories.primary_key(license), now)


def events(account: BusinessAccount) -> list[str]:
    return [event.event for event in account.events.order_by("pk")]


def key_of(instance: Instance) -> Key:
    return Activation.objects.live().select_related("key").get(instance=instance).key


def test_a_name_and_a_note_are_kept_and_noted_once(
    farm: Instance, bob: User, now: datetime
) -> None:
    for _twice in range(2):
        instances.describe(instance=farm, name="Graz", note="Rack 3", by=bob, now=now)

    farm.refresh_from_db()
    assert (farm.name, farm.note) == ("Graz", "Rack 3")
    assert events(farm.account) == [Event.INSTANCE_CHANGED]


def test_mia_may_do_none_of_it(farm: Instance, license: License, mia: User, now: datetime) -> None:
    other = license_factories.key(license, now=now, reserved=5)

    with pytest.raises(NotAllowed):
        instances.describe(instance=farm, name="Mine", note="", by=mia, now=now)
    with pytest.raises(NotAllowed):
        instances.move(instance=farm, key=other, by=mia, now=now)
    with pytest.raises(NotAllowed):
        instances.deactivate(instance=farm, by=mia, now=now)
    with pytest.raises(NotAllowed):
        instances.declare_lost(instance=farm, by=mia, now=now)
    assert not AuditEvent.objects.exists()


def test_a_deactivated_instance_gives_its_seat_back_once(
    farm: Instance, license: License, bob: User, now: datetime
) -> None:
    instances.deactivate(instance=farm, by=bob, now=now)

    with pytest.raises(NotLicensed):
        instances.deactivate(instance=farm, by=bob, now=now)
    license.refresh_from_db()
    assert license.seats_shared == 0
    assert events(farm.account) == [Event.INSTANCE_DEACTIVATED]


def test_moving_takes_a_seat_there_and_gives_one_back_here(
    farm: Instance, license: License, bob: User, now: datetime
) -> None:
    graz = license_factories.key(license, now=now, reserved=5, name="Graz")
    seen = now - timedelta(days=3)
    Heartbeat.objects.filter(pk=farm.pk).update(last_seen_at=seen)

    moved = instances.move(instance=farm, key=graz, by=bob, now=now)

    graz.refresh_from_db()
    license.refresh_from_db()
    farm.refresh_from_db()
    assert key_of(farm) == graz
    assert moved.collected_at is not None
    assert (graz.instances_live, license.seats_shared) == (1, 0)
    assert farm.heartbeat.last_seen_at == seen  # moving it isn't hearing from it
    ended = farm.activations.get(deactivated_at__isnull=False)
    assert ended.ending == Activation.Ending.MOVED


def test_moving_under_the_same_key_changes_nothing(
    farm: Instance, bob: User, now: datetime
) -> None:
    instances.move(instance=farm, key=key_of(farm), by=bob, now=now)

    assert farm.activations.count() == 1
    assert events(farm.account) == []


def test_a_move_that_is_refused_leaves_it_running(
    farm: Instance,
    license: License,
    acme: BusinessAccount,
    globex: BusinessAccount,
    bob: User,
    now: datetime,
) -> None:
    full = license_factories.key(license, now=now, reserved=1)
    license_factories.licensed(acme, full, now, "Neighbor")
    ended = license_factories.subscription(acme, now=now, ends_on=now.date() - timedelta(days=40))
    old = license_factories.permanent(acme, insured_until=None, now=now, version="19")
    theirs = license_factories.subscription(globex, now=now)
    before = key_of(farm)

    for key, refusal in [
        (full, NoSeatsLeft),
        (license_factories.primary_key(ended), LicenseNotUsable),
        (license_factories.primary_key(old), VersionNotCovered),
        (license_factories.primary_key(theirs), KeyNotInAccount),
    ]:
        with pytest.raises(refusal):
            instances.move(instance=farm, key=key, by=bob, now=now)

    assert key_of(farm) == before
    license.refresh_from_db()
    assert license.seats_shared == 1
    assert events(acme) == []


def test_what_is_not_licensed_cannot_be_moved(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    with pytest.raises(NotLicensed):
        instances.move(
            instance=license_factories.instance(acme, now=now),
            key=license_factories.primary_key(license),
            by=bob,
            now=now,
        )


def test_a_lost_instance_can_be_lost_again_after_30_days(
    farm: Instance, license: License, bob: User, now: datetime
) -> None:
    key = license_factories.primary_key(license)
    instances.declare_lost(instance=farm, by=bob, now=now)
    license_factories.activation(farm, key, now=now)
    Instance.objects.filter(pk=farm.pk).update(token_digest="t" * 64)

    with pytest.raises(LimitReached):
        instances.declare_lost(instance=farm, by=bob, now=now + timedelta(days=29))
    instances.declare_lost(instance=farm, by=bob, now=now + timedelta(days=30, seconds=1))

    farm.refresh_from_db()
    license.refresh_from_db()
    assert farm.token_digest is None
    assert license.seats_shared == 0
    assert events(farm.account) == [Event.INSTANCE_LOST] * 2


@pytest.mark.embedded
def test_who_read_an_instance_before_it_changed_overwrites_nothing(
    farm: Instance, license: License, bob: User, now: datetime
) -> None:
    site = license_factories.key(license, now=now, reserved=5, name="Site")
    stale = [Instance.objects.get(pk=farm.pk) for _ in range(3)]
    seen = now + timedelta(minutes=3)
    Instance.objects.filter(pk=farm.pk).update(
        version="99.1", host="new.example", name="Lab", note="Basement"
    )
    Heartbeat.objects.filter(pk=farm.pk).update(last_seen_at=seen)

    instances.move(instance=stale[0], key=site, by=bob, now=now)
    farm.refresh_from_db()
    assert (farm.version, farm.host, farm.heartbeat.last_seen_at) == ("99.1", "new.example", seen)
    assert Activation.objects.live().get(instance=farm).version == "99.1"

    instances.describe(instance=stale[1], name="Lab", note="Basement", by=bob, now=now)
    assert Event.INSTANCE_CHANGED not in events(farm.account), "it is called so already"

    instances.deactivate(instance=stale[2], by=bob, now=now)
    assert AuditEvent.objects.get(event=Event.INSTANCE_DEACTIVATED).subject == "Lab"


@pytest.mark.embedded
def test_a_receipt_names_the_document_that_is_the_last_now(farm: Instance, now: datetime) -> None:
    activation = Activation.objects.live().select_related("instance").get(instance=farm)
    Heartbeat.objects.filter(pk=farm.pk).update(sequence=41)

    receipt = instances.deactivate_from_console(
        activation=activation, ending=Activation.Ending.CONSOLE, now=now
    )

    assert forged_documents.claims(receipt.document)["seq"] == 41
