"""A merge at the same moment as what people do: both locks decide, and nothing is left between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import AccountMerged
from accounts.membership.actions import invitations, members
from accounts.membership.actions.authority import lock_account_of
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, License
from licensing.merging.actions import proposals, undoing
from licensing.merging.errors import MergePlanChanged
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import merge_scenarios, seat_recount
from tests.licensing.merge_scenarios import Cloud
from tests.personas import membership_of

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
def test_two_who_agree_at_once_merge_once(
    cloud: Cloud, acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    for merge in rounds(cloud, acme, alice, now):
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest
        agree = partial(proposals.agree, merge=merge, now=now, seen=seen)
        OutboxMail.objects.all().delete()

        outcomes = run_concurrently(partial(agree, by=alice), partial(agree, by=dora))

        assert refusals(outcomes) == []
        assert Merge.objects.get(pk=merge.pk).answered_by in (alice, dora)
        assert OutboxMail.objects.filter(kind="merge_done", to=alice.email).count() == 1
        is_whole(cloud, acme)


@pytest.mark.embedded
def test_two_opposite_merges_at_once_are_one(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for _round in range(ROUNDS):
        here, there = (
            merge_scenarios.twin(acme, cloud.account, by=alice),
            merge_scenarios.twin(cloud.account, acme, by=alice),
        )
        calls = [
            partial(
                proposals.propose,
                twin=twin,
                keep_ours=True,
                by=alice,
                now=now,
                seen=merge_plan.mergeable_plan(twin.account, twin.ours).digest,
            )
            for twin in (here, there)
        ]

        outcomes = run_concurrently(*calls)

        assert [type(each) for each in refusals(outcomes)] == [AccountMerged]
        is_whole(cloud, acme)
        undoing.undo(merge=Merge.objects.get(undone_at=None), by=alice, now=now + DAY)


@pytest.mark.embedded
def test_who_is_invited_at_that_moment_is_invited_to_what_is_there(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for number, merge in enumerate(rounds(cloud, acme, alice, now)):
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest

        outcomes = run_concurrently(
            partial(proposals.agree, merge=merge, by=alice, now=now, seen=seen),
            partial(
                invitations.send,
                account=cloud.account,
                addresses=[f"new{number}@acme.example"],
                role=Role.MEMBER,
                by=cloud.zoe,
                now=now,
            ),
        )

        assert {type(each) for each in refusals(outcomes)} <= {AccountMerged, MergePlanChanged}
        is_whole(cloud, acme)


@pytest.mark.embedded
def test_who_is_removed_at_that_moment_is_removed(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for merge in rounds(cloud, acme, alice, now):
        dan = factories.person(f"dan{merge.pk}@acme.example")
        member = factories.member(cloud.account, dan)
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest

        run_concurrently(
            partial(proposals.agree, merge=merge, by=alice, now=now, seen=seen),
            partial(members.remove, membership=member, by=cloud.zoe, now=now),
        )

        assert not Membership.objects.filter(user=dan).exists()
        is_whole(cloud, acme)


@pytest.mark.embedded
def test_a_row_that_moves_while_one_waits_is_followed(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    stale = membership_of(cloud.zoe, cloud.account)
    merge_scenarios.at_once(cloud.account, acme, by=alice, now=now)

    with transaction.atomic():
        assert lock_account_of(stale) == acme
