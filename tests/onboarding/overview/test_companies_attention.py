"""The overview points administrators to another account of their company, until they answer."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.merging.actions import proposals
from licensing.merging.models import Merge
from onboarding.overview.attention import Attention
from onboarding.overview.attention.companies import of_companies
from tests import factories
from tests.licensing import merge_scenarios
from tests.licensing.merge_scenarios import Cloud
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def seen(account: BusinessAccount, by: User) -> list[Attention]:
    is_proposed_to = Merge.objects.open().about(account).exists()
    return list(of_companies(account, by=by, is_proposed_to=is_proposed_to))


def test_alice_is_pointed_to_the_other_account_with_the_reason(
    cloud: Cloud, acme: BusinessAccount, alice: User
) -> None:
    (line,) = seen(acme, alice)

    assert line.text == (
        "Acme Cloud looks like the same company. "
        "Administrators of both have a verified address at acme.example."
    )
    assert line.is_advice
    assert line.url.startswith(f"/b/{acme.slug}/merge/with/")


def test_only_administrators_are_told(
    cloud: Cloud, acme: BusinessAccount, alice: User, mia: User, bob: User, sign_in: SignIn
) -> None:
    url = reverse("account_overview", kwargs={"slug": acme.slug})

    assert "looks like the same company" in sign_in(alice).get(url).content.decode()
    for person in (mia, bob):  # bob administers Acme Cloud, and is a license manager here
        assert "Acme Cloud looks like" not in sign_in(person).get(url).content.decode()


def test_charlie_sees_nothing_of_acme(
    cloud: Cloud, acme: BusinessAccount, globex: BusinessAccount, charlie: User, sign_in: SignIn
) -> None:
    url = reverse("account_overview", kwargs={"slug": globex.slug})

    page = sign_in(charlie).get(url).content.decode()

    assert seen(globex, charlie) == []
    assert "Acme" not in page


def test_who_looks_after_several_companies_is_not_told_to_merge_them(
    acme: BusinessAccount, globex: BusinessAccount, dora: User, now: datetime
) -> None:
    for account in (acme, globex):
        factories.member(account, dora, Role.ADMINISTRATOR)
    globex.memberships.exclude(user=dora).delete()
    BusinessAccount.objects.filter(pk=globex.pk).update(joinable_by_domain=False)

    assert seen(acme, dora) == []


def test_a_proposal_is_answered_by_the_other_side_and_not_said_twice(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    (line,) = seen(cloud.account, cloud.zoe)

    assert line.text == "Alice Reyes proposes to merge Acme Corp with this account."
    assert line.url == f"/b/{cloud.account.slug}/merge/{merge.public_id}/"
    assert not line.is_advice
    assert seen(acme, alice) == []


@pytest.mark.parametrize("answer", ["dismissed", "declined", "taken back"])
def test_an_answer_ends_the_pointing(
    answer: str, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    if answer == "dismissed":
        proposals.dismiss(
            twin=merge_scenarios.twin(acme, cloud.account, by=alice), by=alice, now=now
        )
    else:
        merge = merge_scenarios.proposed(cloud, acme, alice, now)
        if answer == "declined":
            proposals.decline(merge=merge, by=cloud.zoe, now=now)
        else:
            proposals.withdraw(merge=merge, name="Acme Cloud", by=alice, now=now)

    assert seen(acme, alice) == seen(cloud.account, cloud.zoe) == []


def test_an_account_that_nobody_can_answer_for_is_not_pointed_out(
    cloud: Cloud, acme: BusinessAccount, alice: User
) -> None:
    cloud.account.memberships.update(role=Role.MEMBER)

    assert seen(acme, alice) == []
