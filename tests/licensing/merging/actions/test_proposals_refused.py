"""Who may not merge two accounts, and when nobody may."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import AccountMerged, ClaimAlreadyOpen, NotAllowed
from accounts.membership.actions import claims
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.merging.actions import proposals
from licensing.merging.errors import MergePlanChanged, MergeSuspended, NoAdministratorToAsk
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from tests import factories
from tests.licensing import license_factories, merge_scenarios
from tests.licensing.merge_scenarios import Cloud

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def mailed(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_what_changed_since_somebody_looked_has_to_be_looked_at_again(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    seen = merge_plan.mergeable_plan(cloud.account, acme).digest
    factories.member(cloud.account, factories.person("new@acme.example"), Role.ADMINISTRATOR)
    before = merge_scenarios.rows()

    with pytest.raises(MergePlanChanged):
        proposals.agree(merge=merge, by=cloud.zoe, now=now, seen=seen)

    assert merge_scenarios.rows() == before


@pytest.mark.parametrize("who", ["alice", "mia", "charlie"])
def test_only_administrators_of_the_side_that_was_asked_agree_or_decline(
    who: str,
    cloud: Cloud,
    acme: BusinessAccount,
    alice: User,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    person = {"alice": alice, "mia": mia, "charlie": charlie}[who]
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    with pytest.raises(NotAllowed):
        merge_scenarios.agreed(merge, person, now)
    with pytest.raises(NotAllowed):
        proposals.decline(merge=merge, by=person, now=now)

    assert Merge.objects.open().get() == merge


def test_only_administrators_propose_and_dismiss(
    cloud: Cloud, acme: BusinessAccount, alice: User, mia: User, bob: User, now: datetime
) -> None:
    twin = merge_scenarios.twin(acme, cloud.account, by=alice)

    for person in (mia, bob):  # bob administers the other one, and that is no right here
        with pytest.raises(NotAllowed):
            proposals.propose(twin=twin, keep_ours=True, by=person, now=now)
        with pytest.raises(NotAllowed):
            proposals.dismiss(twin=twin, by=person, now=now)

    assert not Merge.objects.exists()


def test_who_proposed_must_still_administer_when_the_other_side_agrees(
    cloud: Cloud, acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    merge = merge_scenarios.proposed(cloud, acme, dora, now)
    Membership.objects.filter(account=acme, user=dora).update(role=Role.MEMBER)

    with pytest.raises(MergeSuspended):
        merge_scenarios.agreed(merge, cloud.zoe, now)


def test_an_account_that_nobody_administers_can_be_asked_by_nobody(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license_factories.instance(acme, now=now, instance_id=cloud.farm.instance_id)
    cloud.account.memberships.update(role=Role.MEMBER)

    with pytest.raises(NoAdministratorToAsk):
        merge_scenarios.proposed(cloud, acme, alice, now)


def test_a_claim_has_to_be_settled_first(
    cloud: Cloud, acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    claims.make(account=cloud.account, by=dora, reason="Zoe left.", now=now)

    with pytest.raises(ClaimAlreadyOpen):
        merge_scenarios.agreed(merge, cloud.zoe, now)


def test_an_account_that_was_merged_away_is_closed(
    cloud: Cloud, acme: BusinessAccount, alice: User, globex: BusinessAccount, now: datetime
) -> None:
    waiting = Merge.objects.create(
        source=cloud.account,
        target=globex,
        asked_by_source=True,
        proposed_by=cloud.zoe,
        proposed_at=now,
    )
    twin = merge_scenarios.twin(cloud.account, acme, by=cloud.zoe)
    merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)

    with pytest.raises(AccountMerged):
        proposals.propose(twin=twin, keep_ours=True, by=cloud.zoe, now=now)
    with pytest.raises(AccountMerged):
        proposals.agree(merge=waiting, by=cloud.zoe, now=now, seen="")
    assert waiting not in Merge.objects.open()
