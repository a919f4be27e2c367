"""Undoing a merge after which people and machines went on."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import invitations, members
from accounts.permissions import Role
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.actions import instances
from licensing.licenses.actions import keys, trials
from licensing.licenses.errors import TrialUsed
from licensing.licenses.models import Instance, License
from licensing.merging.actions import undoing
from licensing.merging.errors import SpansBothAccounts
from licensing.merging.models import Merge
from licensing.protocol import tokens
from tests import factories
from tests.licensing import license_factories, merge_scenarios
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


def test_a_role_that_was_changed_since_is_left_alone_where_it_was_changed(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    assert membership_of(bob, acme).role == Role.ADMINISTRATOR
    members.change_role(membership=membership_of(bob, acme), role=Role.MEMBER, by=alice, now=now)

    undoing.undo(merge=merge, by=alice, now=now + DAY)

    assert membership_of(bob, acme).role == Role.MEMBER
    assert membership_of(bob, cloud.account).role == Role.ADMINISTRATOR


@pytest.mark.parametrize("side", ["their instance", "our instance"])
def test_an_instance_under_a_key_of_the_other_side_keeps_them_together(
    side: str, merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    if side == "their instance":
        farm = Instance.objects.get(pk=cloud.farm.pk)
        instances.move(instance=farm, key=license_factories.primary_key(license), by=alice, now=now)
    else:
        farm = license_factories.instance(acme, now=now, name="Farm Nine")
        merge_scenarios.begin(farm, cloud.key, now)
    before = merge_scenarios.rows()

    with pytest.raises(SpansBothAccounts, match=f"{farm.name}, of Acme C"):
        undoing.undo(merge=merge, by=alice, now=now + DAY)
    assert merge_scenarios.rows() == before

    instances.deactivate(instance=farm, by=alice, now=now)
    undoing.undo(merge=merge, by=alice, now=now + DAY)


def test_nobody_is_left_without_an_administrator(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    members.remove(membership=membership_of(alice, acme), by=cloud.zoe, now=now)
    before = merge_scenarios.rows()

    with pytest.raises(SpansBothAccounts, match="Acme Corp would have no administrator"):
        undoing.undo(merge=merge, by=cloud.zoe, now=now + DAY)

    assert merge_scenarios.rows() == before


def test_what_was_merged_on_comes_back_in_the_order_it_went(
    merge: Merge,
    cloud: Cloud,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
) -> None:
    factories.member(globex, alice, Role.ADMINISTRATOR)
    onward = merge_scenarios.at_once(acme, globex, by=alice, now=now)

    with pytest.raises(
        SpansBothAccounts, match="Acme Corp has since been merged into another account"
    ):
        undoing.undo(merge=merge, by=cloud.zoe, now=now + DAY)

    undoing.undo(merge=onward, by=charlie, now=now + DAY)
    undoing.undo(merge=merge, by=alice, now=now + DAY)
    assert cloud.account.licenses.get() == cloud.license


def test_what_came_of_it_since_goes_along(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    later = now + DAY
    key = license_factories.primary_key(cloud.license)
    keys.cut(license=key.license, reserved=3, name="New", by=alice, now=later)
    made = enrollment.make(
        account=acme,
        key=key,
        name="New token",
        uses=1,
        expires_at=later + DAY,
        by=alice,
        now=later,
    )
    farm = Instance.objects.get(pk=cloud.farm.pk)
    instances.deactivate(instance=farm, by=alice, now=later)
    trial = trials.start(instance=farm, by=alice, now=later)
    bought = license_factories.purchase(
        acme, email="buyer@acme.example", now=later, company_key="acme cloud"
    ).license
    License.objects.filter(pk=bought.pk).update(created_at=later)
    ours = license_factories.subscription(acme, now=later)
    new = license_factories.licensed(acme, key, later, "New Farm")

    undoing.undo(merge=merge, by=alice, now=later)

    assert EnrollmentToken.objects.get(pk=made.token.pk).account == cloud.account
    assert set(cloud.account.licenses.all()) == {cloud.license, trial.license, bought}
    assert list(acme.licenses.all()) == [ours]
    assert Instance.objects.get(pk=new.pk).account == cloud.account


def test_who_accepted_since_stays_where_they_said_yes_to(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    ian = factories.person("ian@acme.example")
    cloud.invitation.refresh_from_db()
    invitations.accept(invitation=cloud.invitation, user=ian, now=now + DAY)

    undoing.undo(merge=merge, by=alice, now=now + 2 * DAY)

    assert membership_of(ian, acme).role == Role.MEMBER
    cloud.invitation.refresh_from_db()
    assert cloud.invitation.account == acme


def test_an_enrollment_token_works_through_all_of_it(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    token = EnrollmentToken.objects.get(digest=tokens.digest("rase_x"))
    merge = merge_scenarios.agreed(
        merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now
    )

    collected = enrollment.activate(
        token=token, installation=license_factories.installation(), now=now
    )

    assert collected.activation.instance.account == acme
    instances.deactivate(instance=collected.activation.instance, by=alice, now=now)
    undoing.undo(merge=merge, by=alice, now=now + DAY)
    collected = enrollment.activate(
        token=token, installation=license_factories.installation(), now=now + DAY
    )
    assert collected.activation.instance.account == cloud.account


def test_no_second_trial_for_an_installation_that_had_one_in_the_other_account(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    installation = uuid.uuid4()
    there = license_factories.instance(cloud.account, now=now, instance_id=installation)
    license_factories.subscription(cloud.account, now=now, kind="trial", trial_of=there)
    here = license_factories.instance(acme, now=now, instance_id=installation)
    merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)

    with pytest.raises(TrialUsed):
        trials.start(instance=here, by=alice, now=now)
