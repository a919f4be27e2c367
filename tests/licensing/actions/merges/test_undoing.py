"""For seven days a merge can be undone, and then everything is as it was."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.actions import members
from accounts.errors import NotAllowed
from accounts.models import BusinessAccount, Membership, OutboxMail, User
from accounts.permissions import Role
from licensing.actions import instances
from licensing.actions.merges import undoing
from licensing.errors import UndoTooLate
from licensing.models import Activation, Instance, Merge
from tests.licensing import ledger, mergers, stock
from tests.licensing.mergers import Cloud
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return mergers.cloud(acme, bob, mia, now)


@pytest.fixture
def merge(cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime) -> Merge:
    """Acme Cloud is part of Acme Corp."""
    return mergers.agreed(mergers.proposed(cloud, acme, alice, now), cloud.zoe, now)


@pytest.mark.parametrize("keep_ours", [True, False], ids=["cloud moves", "acme moves"])
def test_undoing_restores_every_row_as_it_was(
    keep_ours: bool, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    stock.licensed(acme, stock.primary_key(stock.subscription(acme, now=now)), now)
    before = mergers.rows()
    merge = mergers.proposed(cloud, acme, alice, now, keep_ours=keep_ours)

    mergers.agreed(merge, cloud.zoe, now)
    assert mergers.rows() != before
    undoing.undo(merge=merge, by=alice, now=now + DAY)

    assert mergers.rows() == before


@pytest.mark.parametrize("runs_in", ["source", "target", "neither"])
def test_an_installation_in_both_is_put_back_too(
    runs_in: str, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    installation = uuid.uuid4()
    farms = {
        "source": stock.instance(cloud.account, now=now, instance_id=installation, name="Both"),
        "target": stock.instance(acme, now=now, instance_id=installation, name="Both"),
    }
    license = {"source": cloud.license, "target": stock.subscription(acme, now=now)}
    if runs_in != "neither":
        mergers.begin(farms[runs_in], stock.primary_key(license[runs_in]), now)
    before = mergers.rows()

    merge = mergers.agreed(mergers.proposed(cloud, acme, alice, now), cloud.zoe, now)

    kept = farms["source" if runs_in == "source" else "target"]
    assert Instance.objects.get(account=acme, instance_id=installation) == kept
    live = Activation.objects.live().filter(installation=installation).first()
    assert live is None or live.instance == kept
    undoing.undo(merge=merge, by=alice, now=now + DAY)
    assert mergers.rows() == before


def test_seats_are_counted_right_before_during_and_after(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for account in (acme, cloud.account):
        for license in account.licenses.all():
            ledger.check_license(license)

    merge = mergers.agreed(mergers.proposed(cloud, acme, alice, now), cloud.zoe, now)
    mergers.begin(stock.instance(acme, now=now, name="New"), cloud.key, now)
    ledger.check_license(cloud.license)
    instances.deactivate(instance=acme.instances.get(name="New"), by=alice, now=now)

    undoing.undo(merge=merge, by=alice, now=now + DAY)
    ledger.check_license(cloud.license)
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
