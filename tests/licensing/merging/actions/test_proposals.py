"""Two accounts of one company become one, when administrators of both want it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached, NotAllowed
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.licenses.actions import keys
from licensing.merging.actions import proposals
from licensing.merging.errors import MergeAlreadyProposed, MergeEnded
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from tests import factories
from tests.licensing import license_factories, merge_scenarios
from tests.licensing.merge_scenarios import Cloud
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def mailed(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_a_proposal_moves_nothing_and_asks_the_other_administrators(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    before = merge_scenarios.rows()

    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    assert merge_scenarios.rows() == before
    assert (merge.source, merge.target, merge.asked) == (cloud.account, acme, cloud.account)
    assert mailed("merge_proposed") == ["bob@acme.example", "zoe@acme.example"]
    assert acme.events.get(event="merge.proposed").subject == "Acme Cloud"
    assert cloud.account.events.get(event="merge.proposed").subject == "Acme Corp"


def test_the_same_proposal_again_is_the_same(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    first = merge_scenarios.proposed(cloud, acme, alice, now)

    assert merge_scenarios.proposed(cloud, acme, alice, now) == first
    assert len(mailed("merge_proposed")) == 2
    with pytest.raises(MergeAlreadyProposed):
        merge_scenarios.proposed(cloud, acme, alice, now, keep_ours=False)


def test_who_was_asked_answers_instead_of_asking_back(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge_scenarios.proposed(cloud, acme, alice, now)
    back = merge_scenarios.twin(cloud.account, acme, by=cloud.zoe)

    with pytest.raises(MergeAlreadyProposed):
        proposals.propose(twin=back, keep_ours=False, by=cloud.zoe, now=now)


def test_the_other_side_agrees_and_everything_is_there(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    merge_scenarios.agreed(merge, cloud.zoe, now)

    for row in (cloud.license, cloud.farm, cloud.token, cloud.request, cloud.invitation):
        row.refresh_from_db()
        assert row.account == acme
    cloud.account.refresh_from_db()
    assert cloud.account.merged_into == acme
    assert membership_of(cloud.zoe, acme).role == Role.ADMINISTRATOR
    assert not cloud.account.memberships.exists()
    assert mailed("merge_done") == ["alice@acme.example", "bob@acme.example", "zoe@acme.example"]
    assert acme.events.get(event="merge.here").subject == "Acme Cloud"
    assert cloud.account.events.get(event="merge.away").subject == "Acme Corp"


def test_who_asks_may_offer_to_be_the_one_that_moves(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now, keep_ours=False)

    merge_scenarios.agreed(merge, cloud.zoe, now)

    assert membership_of(alice, cloud.account).role == Role.ADMINISTRATOR
    acme.refresh_from_db()
    assert acme.merged_into == cloud.account


def test_who_administers_both_does_it_in_one_step(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.member(cloud.account, alice, Role.ADMINISTRATOR)
    twin = merge_scenarios.twin(acme, cloud.account, by=alice)
    seen = merge_plan.mergeable_plan(cloud.account, acme).digest

    merge = proposals.propose(twin=twin, keep_ours=True, by=alice, now=now, seen=seen)

    assert merge.merged_at == now
    assert mailed("merge_proposed") == []
    assert len(mailed("merge_done")) == 3


def test_a_declined_proposal_is_over_and_is_not_repeated_for_30_days(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    proposals.decline(merge=merge, by=cloud.zoe, now=now)

    with pytest.raises(MergeEnded):
        merge_scenarios.agreed(merge, cloud.zoe, now)
    with pytest.raises(LimitReached):
        merge_scenarios.proposed(cloud, acme, alice, now + 29 * DAY)
    assert merge_scenarios.proposed(cloud, acme, alice, now + 31 * DAY) != merge


def test_who_declined_may_propose_it_themselves(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    proposals.decline(
        merge=merge_scenarios.proposed(cloud, acme, alice, now), by=cloud.zoe, now=now
    )
    twin = merge_scenarios.twin(cloud.account, acme, by=cloud.zoe)

    back = proposals.propose(twin=twin, keep_ours=True, by=cloud.zoe, now=now + DAY)

    assert back.asked == acme


def test_a_proposal_is_taken_back_by_its_own_side_only(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    with pytest.raises(NotAllowed):
        proposals.withdraw(merge=merge, name="", by=cloud.zoe, now=now)
    proposals.withdraw(merge=merge, name="Acme Cloud", by=alice, now=now)

    with pytest.raises(MergeEnded):
        proposals.decline(merge=merge, by=cloud.zoe, now=now)


def test_what_moved_is_managed_there_and_who_read_it_before_is_followed(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    key = license_factories.primary_key(cloud.license)
    merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)

    keys.rename(key=key, name="Renamed", by=alice, now=now)

    assert acme.events.filter(event="key.renamed").exists()


def test_dismissing_is_said_once_and_noted(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    twin = merge_scenarios.twin(acme, cloud.account, by=alice)

    for _time in range(2):
        proposals.dismiss(twin=twin, by=alice, now=now)

    assert Merge.objects.get().withdrawn_at == now
    assert acme.events.filter(event="merge.dismissed").count() == 1
    assert not cloud.account.events.exists()
