"""A merge at the same moment as what machines do: consoles, instances, imports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import DomainError
from accounts.membership.models import Invitation
from accounts.permissions import Role
from licensing.activation.actions import collecting, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.models import Activation, Instance, License
from licensing.merging.actions import both_accounts, proposals, undoing
from licensing.merging.errors import MergePlanChanged
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from licensing.purchases.errors import ImportRunning
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories, merge_scenarios, purchase_factories, seat_recount
from tests.licensing.merge_scenarios import Cloud

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4
DAY = timedelta(days=1)


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    """Alice administers it, too, so that one step merges."""
    made = merge_scenarios.cloud(acme, bob, mia, now)
    factories.member(made.account, alice, Role.ADMINISTRATOR)
    return made


def rounds(cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime) -> Iterator[Merge]:
    """A proposal of Zoe's that Alice can agree to; what came of it is undone for the next one."""
    for _round in range(ROUNDS):
        twin = merge_scenarios.twin(cloud.account, acme, by=cloud.zoe)
        merge = proposals.propose(twin=twin, keep_ours=False, by=cloud.zoe, now=now)
        yield merge
        merge.refresh_from_db()
        if merge.merged_at:
            undoing.undo(merge=merge, by=alice, now=now + DAY)
        else:
            proposals.decline(merge=merge, by=alice, now=now - timedelta(days=40))


def is_whole(cloud: Cloud, acme: BusinessAccount) -> None:
    """Nothing spans both, and nothing that lives is in a closed account."""
    for activation in Activation.objects.live().select_related("instance", "key__license"):
        assert activation.instance.account_id == activation.key.license.account_id
    for account in BusinessAccount.objects.exclude(merged_into=None):
        for model in (License, Membership, EnrollmentToken):
            assert not model._default_manager.filter(account=account).exists()
        assert not Instance.objects.licensed().filter(account=account).exists()
        assert not Invitation.objects.open().filter(account=account).exists()
    for license in License.objects.filter(account__in=[cloud.account, acme]):
        seat_recount.check_license(license)


@pytest.mark.embedded
def test_an_approval_lands_in_the_account_that_is_there(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for merge in rounds(cloud, acme, alice, now):
        asked = license_factories.request(now=now, claimed_by=cloud.zoe)
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest

        run_concurrently(
            partial(proposals.agree, merge=merge, by=alice, now=now, seen=seen),
            partial(
                requests.approve,
                request=asked,
                account=cloud.account,
                choice=ApprovalChoice(key=cloud.key),
                by=cloud.zoe,
                now=now,
            ),
        )

        is_whole(cloud, acme)


@pytest.mark.embedded
def test_machines_go_on_through_a_merge_and_its_undoing(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    token = EnrollmentToken.objects.get(pk=cloud.token.pk)
    for number, merge in enumerate(rounds(cloud, acme, alice, now)):
        later = now + timedelta(minutes=1)
        asked = license_factories.request(
            now=now, device_code=f"code {number}", claimed_by=cloud.zoe, expires_at=now + 9 * DAY
        )
        requests.approve(
            request=asked,
            account=cloud.account,
            choice=ApprovalChoice(key=cloud.key),
            by=cloud.zoe,
            now=now,
        )
        farm = reporting.of_token("a" * 64)
        assert farm is not None
        over = Report(version="20.0", usage={now.date(): 1000})
        EnrollmentToken.objects.update(uses=0)
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest

        outcomes = run_concurrently(
            partial(proposals.agree, merge=merge, by=alice, now=now, seen=seen),
            partial(
                enrollment.activate,
                token=token,
                installation=license_factories.installation(),
                now=later,
            ),
            partial(collecting.poll, device_code=f"code {number}", now=now),
            partial(check_ins.record, activation=farm, report=over, now=now),
        )

        assert all(isinstance(each, MergePlanChanged) for each in refusals(outcomes)), outcomes
        is_whole(cloud, acme)


@pytest.mark.embedded
def test_moving_an_instance_against_undoing_leaves_nothing_between(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    ours = license_factories.primary_key(license_factories.subscription(acme, now=now))
    for _round in range(ROUNDS):
        merge = merge_scenarios.at_once(cloud.account, acme, by=alice, now=now)
        farm = Instance.objects.select_related("account").get(pk=cloud.farm.pk)

        outcomes = run_concurrently(
            partial(undoing.undo, merge=merge, by=alice, now=now + DAY),
            partial(instances.move, instance=farm, key=ours, by=alice, now=now),
        )

        assert all(isinstance(each, DomainError) for each in refusals(outcomes)), outcomes
        is_whole(cloud, acme)
        merge.refresh_from_db()
        if merge.undone_at is None:
            instances.move(
                instance=Instance.objects.get(pk=farm.pk), key=cloud.cut, by=alice, now=now
            )
            undoing.undo(merge=merge, by=alice, now=now + DAY)


@pytest.mark.embedded
def test_purchases_of_its_buyers_never_land_in_a_closed_account(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for number, merge in enumerate(rounds(cloud, acme, alice, now)):
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest
        line = purchase_factories.line(
            order_number=f"SO-{number}", company="Acme Cloud", primary_email="buyer@acme.example"
        )

        outcomes = run_concurrently(
            partial(proposals.agree, merge=merge, by=alice, now=now, seen=seen),
            partial(purchase_factories.record, line),
        )

        assert {type(each) for each in refusals(outcomes)} <= {MergePlanChanged}
        is_whole(cloud, acme)


def test_a_merge_refuses_while_an_import_runs(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    def try_to_lock() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            both_accounts.locked(cloud.account, acme)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE licensing_purchase IN SHARE ROW EXCLUSIVE MODE")
        (outcome,) = run_concurrently(try_to_lock)

    assert isinstance(outcome, ImportRunning)
