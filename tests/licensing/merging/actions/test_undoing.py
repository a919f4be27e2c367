"""For seven days a merge can be undone, and then everything is as it was."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import NotAllowed
from accounts.membership.actions import members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.fleet.actions import instances
from licensing.licenses.models import Activation, Instance
from licensing.merging.actions import undoing
from licensing.merging.errors import UndoTooLate
from licensing.merging.models import Merge
from tests.licensing import license_factories, merge_scenarios, seat_recount
from tests.licensing.merge_scenarios import Cloud
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


@pytest.fixture
def merge(cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime) -> Merge:
    """Acme Cloud is part of Acme Corp."""
    return merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)


@pytest.mark.parametrize("keep_ours", [True, False], ids=["cloud moves", "acme moves"])
def test_undoing_restores_every_row_as_it_was(
    keep_ours: bool, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license_factories.licensed(
        acme, license_factories.primary_key(license_factories.subscription(acme, now=now)), now
    )
    before = merge_scenarios.rows()
    merge = merge_scenarios.proposed(cloud, acme, alice, now, keep_ours=keep_ours)

    merge_scenarios.agreed(merge, cloud.zoe, now)
    assert merge_scenarios.rows() != before
    undoing.undo(merge=merge, by=alice, now=now + DAY)

    assert merge_scenarios.rows() == before


@pytest.mark.parametrize("runs_in", ["source", "target", "neither"])
def test_an_installation_in_both_is_put_back_too(
    runs_in: str, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    installation = uuid.uuid4()
    farms = {
        "source": license_factories.instance(
            cloud.account, now=now, instance_id=installation, name="Both"
        ),
        "target": license_factories.instance(acme, now=now, instance_id=installation, name="Both"),
    }
    license = {"source": cloud.license, "target": license_factories.subscription(acme, now=now)}
    if runs_in != "neither":
        merge_scenarios.begin(farms[runs_in], license_factories.primary_key(license[runs_in]), now)
    before = merge_scenarios.rows()

    merge = merge_scenarios.agreed(
        merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now
    )

    kept = farms["source" if runs_in == "source" else "target"]
    assert Instance.objects.get(account=acme, instance_id=installation) == kept
    live = Activation.objects.live().filter(installation=installation).first()
    assert live is None or live.instance == kept
    undoing.undo(merge=merge, by=alice, now=now + DAY)
    assert merge_scenarios.rows() == before


def test_seats_are_counted_right_before_during_and_after(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for account in (acme, cloud.account):
        for license in account.licenses.all():
            seat_recount.check_license(license)

    merge = merge_scenarios.agreed(
        merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now
    )
    merge_scenarios.begin(license_factories.instance(acme, now=now, name="New"), cloud.key, now)
    seat_recount.check_license(cloud.license)
    instances.deactivate(instance=acme.instances.get(name="New"), by=alice, now=now)

    undoing.undo(merge=merge, by=alice, now=now + DAY)
    seat_recount.check_license(cloud.license)
    assert cloud.account.instances.filter(pk=cloud.farm.pk).exists()


def test_seven_days_and_not_longer(merge: Merge, alice: User, now: datetime) -> None:
    with pytest.raises(UndoTooLate):
        undoing.undo(merge=merge, by=alice, now=now + 7 * DAY)

    undoing.undo(merge=merge, by=alice, now=now + 7 * DAY - timedelta(seconds=1))

    merge.refresh_from_db()
    assert merge.undone_by == alice


def test_what_was_undone_already_stays_as_it_is(
    cloud: Cloud, merge: Merge, alice: User, mia: User, now: datetime
) -> None:
    undoing.undo(merge=merge, by=alice, now=now + DAY)
    told = OutboxMail.objects.count()

    undoing.undo(merge=merge, by=cloud.zoe, now=now + 8 * DAY)

    merge.refresh_from_db()
    assert (merge.undone_by, merge.undone_at) == (alice, now + DAY)
    assert OutboxMail.objects.count() == told
    with pytest.raises(NotAllowed):
        undoing.undo(merge=merge, by=mia, now=now + DAY)


def test_administrators_of_either_side_are_told(merge: Merge, alice: User, now: datetime) -> None:
    undoing.undo(merge=merge, by=alice, now=now + DAY)

    told = OutboxMail.objects.filter(kind="merge_undone").values_list("to", flat=True)
    assert sorted(told) == ["alice@acme.example", "bob@acme.example", "zoe@acme.example"]
    for account in (merge.source, merge.target):
        assert account.events.filter(event="merge.undone").count() == 1


def test_members_and_strangers_may_not(
    merge: Merge, mia: User, charlie: User, now: datetime
) -> None:
    for person in (mia, charlie):
        with pytest.raises(NotAllowed):
            undoing.undo(merge=merge, by=person, now=now)

    merge.refresh_from_db()
    assert merge.undone_at is None


def test_who_was_thrown_out_after_the_merge_brings_their_account_back(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    for person in (cloud.zoe, bob):
        members.remove(membership=membership_of(person, acme), by=alice, now=now)

    undoing.undo(merge=merge, by=cloud.zoe, now=now + DAY)

    assert membership_of(cloud.zoe, cloud.account).role == Role.ADMINISTRATOR
    assert membership_of(bob, cloud.account).role == Role.ADMINISTRATOR
    assert not Membership.objects.filter(account=acme, user=bob).exists()
