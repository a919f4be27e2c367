"""What moves in a merge, what stays, and who is what afterwards: exactly as the plan says."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance
from licensing.merging.reading import merge_plan
from licensing.merging.reading.merge_plan import MergePlan
from licensing.purchases.actions import orders
from licensing.purchases.models import Buyer
from tests import factories
from tests.licensing import license_factories, merge_scenarios, purchase_factories
from tests.licensing.merge_scenarios import Cloud
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def merge(cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime) -> MergePlan:
    """Move Acme Cloud into Acme Corp; what the plan had said."""
    plan = merge_plan.mergeable_plan(cloud.account, acme)
    merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)
    return plan


def test_the_plan_names_exactly_what_is_in_the_other_account_afterwards(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    plan = merge(cloud, acme, alice, now)

    assert [each.pk for each in acme.licenses.order_by("pk")] == plan.licenses
    assert [each.pk for each in acme.instances.order_by("pk")] == plan.instances
    for model, ids in (
        (Buyer, plan.buyers),
        (EnrollmentToken, plan.enrollment_tokens),
        (ActivationRequest, plan.activation_requests),
    ):
        assert [each.pk for each in model.objects.filter(account=acme)] == ids
        assert len(ids) == 1
    moved = {person.user for person in plan.moved_people}
    assert moved == {cloud.zoe.pk, User.objects.get(email="yan@acme.example").pk}
    assert plan.keys == 2


def test_nothing_is_left_that_anybody_waits_for(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge(cloud, acme, alice, now)

    for model in (Membership, Instance, EnrollmentToken, ActivationRequest, Buyer):
        assert not model._default_manager.filter(account=cloud.account).exists()
    assert not Invitation.objects.open().filter(account=cloud.account).exists()
    assert not JoinRequest.objects.waiting().filter(account=cloud.account).exists()


def test_who_belongs_to_both_keeps_the_higher_role(
    cloud: Cloud, acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    merge(cloud, acme, alice, now)

    assert membership_of(bob, acme).role == Role.ADMINISTRATOR
    assert membership_of(mia, acme).role == Role.MEMBER
    assert membership_of(alice, acme).role == Role.ADMINISTRATOR


@pytest.mark.parametrize("blocked_in", ["source", "target"])
def test_whom_one_side_keeps_out_gains_nothing(
    blocked_in: str, cloud: Cloud, acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    where = cloud.account if blocked_in == "source" else acme
    Membership.objects.filter(account=where, user=bob).update(blocked_at=now)

    merge(cloud, acme, alice, now)

    assert membership_of(bob, acme).role == Role.LICENSE_MANAGER
    assert bool(membership_of(bob, acme).blocked_at) == (blocked_in == "target")


def test_who_is_blocked_stays_blocked(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge(cloud, acme, alice, now)

    assert membership_of(User.objects.get(email="yan@acme.example"), acme).blocked_at


def test_an_address_invited_by_both_keeps_the_invitation_of_the_account_that_stays(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    alices = factories.invitation(cloud.account, alice.email, by=cloud.zoe, now=now)

    merge(cloud, acme, alice, now)

    assert acme.invitations.open().get(email="eve@acme.example").invited_by is None
    assert acme.invitations.open().filter(email="ian@acme.example").exists()
    for pointless in (cloud.twice_invited, alices):
        pointless.refresh_from_db()
        assert (pointless.account, pointless.revoked_at) == (cloud.account, now)


def test_who_asked_both_is_answered_once(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.join_request(acme, cloud.asked.email, now=now)
    other = factories.join_request(cloud.account, "lea@acme.example", now=now)

    plan = merge(cloud, acme, alice, now)

    assert plan.join_requests == [other.pk]
    assert acme.join_requests.waiting().count() == 2


def test_of_an_installation_in_both_the_one_that_runs_is_kept(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    here = license_factories.instance(acme, now=now, instance_id=cloud.farm.instance_id)
    dead = license_factories.instance(cloud.account, now=now, name="Dead")
    license_factories.instance(acme, now=now, instance_id=dead.instance_id)

    plan = merge(cloud, acme, alice, now)

    assert (plan.exchanged, plan.staying) == ([(cloud.farm.pk, here.pk)], [dead.pk])
    for row, account in ((cloud.farm, acme), (here, cloud.account), (dead, cloud.account)):
        before = row.instance_id
        row.refresh_from_db()
        assert (row.account, row.instance_id) == (account, before)


def test_later_purchases_of_its_buyers_follow(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge(cloud, acme, alice, now)

    bought, _summary = orders.record(
        sold=purchase_factories.sold(company="Acme Cloud", primary_email="buyer@acme.example"),
        now=now,
    )

    assert bought.license.account == acme


def test_a_trial_goes_on_under_the_row_that_is_kept(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    """The trial's own row is put away; its key is still good for the same installation."""
    installation = uuid.uuid4()
    there = license_factories.instance(cloud.account, now=now, instance_id=installation)
    trial = license_factories.primary_key(
        license_factories.subscription(cloud.account, now=now, kind="trial", trial_of=there)
    )
    here = license_factories.instance(acme, now=now, instance_id=installation)
    merge(cloud, acme, alice, now)

    begun = merge_scenarios.begin(here, trial, now)

    assert Activation.objects.live().get(instance=here) == begun


def test_the_plan_survives_being_written_down(cloud: Cloud, acme: BusinessAccount) -> None:
    plan = merge_plan.mergeable_plan(cloud.account, acme)

    assert MergePlan.from_json(json.loads(json.dumps(asdict(plan)))) == plan


def test_the_digest_changes_with_what_would_move_and_with_nothing_else(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    before = merge_plan.mergeable_plan(cloud.account, acme).digest
    license_factories.subscription(acme, now=now)
    assert merge_plan.mergeable_plan(cloud.account, acme).digest == before

    license_factories.subscription(cloud.account, now=now)

    assert merge_plan.mergeable_plan(cloud.account, acme).digest != before


def test_what_an_account_would_give_is_told_without_a_look_at_the_other(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    alone = merge_plan.alone(cloud.account)

    assert (alone.doubles, alone.revoked, alone.exchanged, alone.staying) == ([], [], [], [])
    assert len(alone.moved_people) == 4
