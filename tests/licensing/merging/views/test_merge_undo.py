"""What a merge has moved, and who brings it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from licensing.merging.models import Merge
from tests import mails
from tests.licensing import license_factories, merge_scenarios
from tests.licensing.merge_scenarios import Cloud
from tests.personas import Response, SignIn, membership_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


@pytest.fixture
def merge(cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime) -> Merge:
    return merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)


def undo_url(merge: Merge) -> str:
    return reverse("merge_undo", kwargs={"public_id": merge.public_id})


def text(page: Response) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_the_mail_leads_to_what_moved_and_to_undoing_it(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)

    page = browser.get(mails.link_in(mails.latest(alice.email, "merge_done"), "/merged/"))

    assert "Acme Cloud is part of Acme Corp" in text(page)
    assert "Cloud Farm Two" in text(page)
    assert "Zoe Park (zoe@acme.example): Administrator" in text(page)
    undone = browser.post(undo_url(merge), follow=True)
    assert "Undone: Acme Cloud and Acme Corp are two accounts again." in text(undone)
    assert cloud.account.licenses.exists()


def test_who_was_thrown_out_gets_here_and_brings_it_back(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    members.remove(membership=membership_of(cloud.zoe, acme), by=alice, now=now)
    browser = sign_in(cloud.zoe)
    page = browser.get(merge.get_absolute_url())
    assert page.status_code == 200
    assert "Open Acme Corp" not in text(page)

    browser.post(undo_url(merge))

    assert membership_of(cloud.zoe, cloud.account).may_manage_account


def test_the_page_of_an_instance_that_both_knew_leads_to_the_entry_that_stayed(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    ended_here = license_factories.instance(acme, now=now, instance_id=cloud.farm.instance_id)
    ended_there = license_factories.instance(cloud.account, now=now, name="Old Farm")
    stays = license_factories.instance(acme, now=now, instance_id=ended_there.instance_id)
    before = [ended_here.get_absolute_url(), ended_there.get_absolute_url()]
    merge_scenarios.agreed(merge_scenarios.proposed(cloud, acme, alice, now), cloud.zoe, now)

    pages = [sign_in(alice).get(url, follow=True) for url in before]

    assert [page.context["instance"] for page in pages] == [cloud.farm, stays]


@pytest.mark.parametrize("who", ["mia", "charlie", "dora"])
def test_others_find_nothing(
    who: str, merge: Merge, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    browser = sign_in(request.getfixturevalue(who))

    assert browser.get(merge.get_absolute_url()).status_code == 404
    assert browser.post(undo_url(merge)).status_code == 404
    merge.refresh_from_db()
    assert merge.undone_at is None


def test_a_proposal_has_no_such_page(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    waiting = merge_scenarios.proposed(cloud, acme, alice, now)

    assert sign_in(alice).get(waiting.get_absolute_url()).status_code == 404


def test_undoing_asks_for_a_recent_proof(merge: Merge, alice: User, sign_in: SignIn) -> None:
    page = sign_in(alice, proven_at=0).post(undo_url(merge))

    assert page["Location"].startswith("/accounts/reauthenticate/")


def test_after_seven_days_it_says_so_and_refuses(
    merge: Merge, alice: User, now: datetime, sign_in: SignIn
) -> None:
    Merge.objects.filter(pk=merge.pk).update(merged_at=now - timedelta(days=8))
    browser = sign_in(alice)

    assert "It could be undone until" in text(browser.get(merge.get_absolute_url()))
    assert "A merge can be undone for seven days." in text(browser.post(undo_url(merge)))


def test_a_second_click_on_undo_says_the_same(merge: Merge, alice: User, sign_in: SignIn) -> None:
    browser = sign_in(alice)

    for _click in range(2):
        page = browser.post(undo_url(merge), follow=True)

        assert "Undone: Acme Cloud and Acme Corp are two accounts again." in text(page)


def test_the_reason_why_not_is_said_on_the_page_it_was_asked_on(
    merge: Merge, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    farm = license_factories.instance(acme, now=now, name="Farm Nine")
    merge_scenarios.begin(farm, cloud.key, now)

    page = sign_in(alice).post(
        undo_url(merge),
        headers={"referer": f"http://testserver{merge.get_absolute_url()}"},
        follow=True,
    )

    assert "Farm Nine, of Acme Corp, uses the key" in text(page)


def test_the_target_s_list_shows_the_days_left(
    merge: Merge, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(reverse("merge_list", kwargs={"slug": acme.slug}))

    assert "Acme Cloud was merged into this account" in text(page)
    assert "(in 7 days)" in text(page)
