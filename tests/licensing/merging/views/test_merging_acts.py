"""The pages where two accounts of one company become one, or are said to be two."""

from __future__ import annotations

from datetime import datetime
from html import unescape

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.permissions import Role
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from tests import factories, mails
from tests.licensing import license_factories, merge_scenarios
from tests.licensing.merge_scenarios import Cloud
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def url(name: str, account: BusinessAccount, **more: object) -> str:
    return reverse(name, kwargs={"slug": account.slug, **more})


def text(page: Response) -> str:
    return " ".join(unescape(page.content.decode()).split())


def twin_url(
    name: str, ours: BusinessAccount, theirs: BusinessAccount, by: User, query: str = ""
) -> str:
    return url(name, ours, ref=merge_scenarios.twin(ours, theirs, by=by).ref) + query


def test_a_proposal_is_asked_for_and_then_waits(
    cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).post(
        twin_url("merge_propose", acme, cloud.account, alice), {"keep": "ours"}, follow=True
    )

    merge = Merge.objects.get()
    assert (merge.source, merge.target) == (cloud.account, acme)
    assert "You asked to merge with Acme Cloud" in text(page)
    assert "Merge Acme Cloud into Acme Corp" not in text(page)


def test_who_was_asked_sees_every_line_and_agrees(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    browser = sign_in(cloud.zoe)
    here = mails.link_in(mails.latest("zoe@acme.example", "merge_proposed"), "/merge/")

    page = browser.get(here)

    for line in (
        "Alice Reyes",
        "alice@acme.example",
        "1 license",
        "2 keys move with it.",
        "2 instances",
        "Zoe Park (zoe@acme.example): Administrator",
        "Yan Yu (yan@acme.example): Member, and stays blocked",
        "Bob Lindt becomes: Administrator",
        "Mia Chen stays: Member",
        "ian@acme.example",
        "1 invitation ends",
        "kim@acme.example",
        "Images",
    ):
        assert line in text(page)
    done = browser.post(
        url("merge_agree", cloud.account, public_id=merge.public_id),
        {"seen": page.context["seen"]},
        follow=True,
    )
    assert "Acme Cloud is part of Acme Corp" in text(done)
    assert cloud.zoe in {each.user for each in Membership.objects.filter(account=acme)}


def test_what_changed_meanwhile_is_shown_again_before_it_is_done(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    browser = sign_in(cloud.zoe)
    here = url("merge_proposal", cloud.account, public_id=merge.public_id)
    seen = browser.get(here).context["seen"]
    license_factories.subscription(cloud.account, now=now, name="Brand new")

    page = browser.post(
        url("merge_agree", cloud.account, public_id=merge.public_id),
        {"seen": seen},
        headers={"referer": f"http://testserver{here}"},
        follow=True,
    )

    assert "Something has changed since you looked" in text(page)
    assert "Brand new" in text(page)
    assert Merge.objects.open().exists()


def test_who_administers_both_sees_everything_and_merges_in_one_step(
    cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    factories.member(cloud.account, alice, Role.ADMINISTRATOR)
    browser = sign_in(alice)
    page = browser.get(twin_url("merge_twin", acme, cloud.account, alice))
    assert "Cloud Farm Two" in text(page)

    done = browser.post(
        twin_url("merge_propose", acme, cloud.account, alice),
        {"keep": "ours", "seen": page.context["seen"]},
        follow=True,
    )

    assert "Acme Cloud is now part of Acme Corp." in text(done)


def test_a_second_click_on_merge_leads_to_what_moved(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now, keep_ours=False)
    browser = sign_in(cloud.zoe)
    here = url("merge_agree", cloud.account, public_id=merge.public_id)
    seen = {"seen": merge_plan.mergeable_plan(merge.source, merge.target).digest}
    browser.post(here, seen)

    again = browser.post(here, seen, follow=True)

    assert again.redirect_chain[0] == (merge.get_absolute_url(), 302)
    assert "merged into another one" not in text(again)
    assert acme.events.filter(event="merge.away").count() == 1


def test_back_after_merging_both_of_ones_own_leads_to_what_moved(
    cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    factories.member(cloud.account, alice, Role.ADMINISTRATOR)
    browser = sign_in(alice)
    there = twin_url("merge_twin", acme, cloud.account, alice)
    turned = twin_url("merge_twin", cloud.account, acme, alice)
    propose = twin_url("merge_propose", acme, cloud.account, alice)
    sent = {"keep": "ours", "seen": browser.get(there).context["seen"]}
    browser.post(propose, sent)

    pages = [browser.get(there), browser.get(turned, follow=True), browser.post(propose, sent)]

    merge = Merge.objects.get()
    assert pages[0]["Location"] == pages[2]["Location"] == merge.get_absolute_url()
    assert "Acme Cloud is part of Acme Corp" in text(pages[1])
    assert browser.get(url("merge_twin", acme, ref="f" * 24)).status_code == 404


@pytest.mark.parametrize("name", ["merge_propose", "merge_agree"])
def test_merging_asks_for_a_recent_proof(
    name: str, cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    if name == "merge_propose":
        browser = sign_in(alice, proven_at=0)
        page = browser.post(twin_url(name, acme, cloud.account, alice), {"keep": "ours"})
    else:
        merge = merge_scenarios.proposed(cloud, acme, alice, now)
        seen = merge_plan.mergeable_plan(cloud.account, acme).digest
        page = sign_in(cloud.zoe, proven_at=0).post(
            url(name, cloud.account, public_id=merge.public_id), {"seen": seen}
        )

    assert page["Location"].startswith("/accounts/reauthenticate/")
    assert not Merge.objects.exclude(merged_at=None).exists()


def test_a_proposal_is_declined_or_taken_back(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    page = sign_in(alice).post(url("merge_withdraw", acme, public_id=merge.public_id), follow=True)
    assert "The proposal was withdrawn." in text(page)

    again = merge_scenarios.proposed(cloud, acme, alice, now)
    page = sign_in(cloud.zoe).post(
        url("merge_decline", cloud.account, public_id=again.public_id), follow=True
    )

    assert "The proposal from Acme Corp was declined." in text(page)
    assert not Merge.objects.open().exists()


def test_another_company_is_said_once(
    cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).post(twin_url("merge_dismiss", acme, cloud.account, alice), follow=True)

    assert "Understood. We won't suggest that company again." in text(page)
