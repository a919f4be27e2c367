"""The pages where two accounts of one company are compared: who sees what."""

from __future__ import annotations

from datetime import datetime
from html import unescape

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyTaken
from licensing.merging.models import Merge
from tests import factories, mails
from tests.licensing import license_factories, many_instances, merge_scenarios
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


def test_the_list_says_who_looks_the_same_and_why(
    cloud: Cloud, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(url("merge_list", acme))

    assert "Acme Cloud looks like the same company" in text(page)
    assert "Administrators of both have a verified address at acme.example." in text(page)


def test_the_list_has_one_button_that_leads_on(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    for name in ("Acme Labs", "Acme Works"):
        zara = factories.person(f"zara@{name[5:].lower()}.acme.example", "Zara Quist")
        other = factories.business_account(name, administrator=zara, now=now)
        farm = license_factories.instance(acme, now=now)
        license_factories.instance(other, now=now, instance_id=farm.instance_id)
    browser, address = sign_in(alice), url("merge_list", acme)

    before = text(browser.get(address))
    merge_scenarios.proposed_by_them(cloud, acme, now)
    after = text(browser.get(address))

    assert before.count("See what would move") == 3
    assert after.count("See what would move") == 2
    assert [page.count("button-primary") for page in (before, after)] == [1, 1]
    assert "button-primary" in after.partition("View the proposal")[0].rpartition("<a ")[2]


def test_who_needs_a_second_step_is_said_before_merging(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    acme.require_two_step = True
    acme.save(update_fields=["require_two_step"])
    browser = sign_in(cloud.zoe)
    merge = merge_scenarios.proposed(cloud, acme, alice, now)

    page = text(browser.get(url("merge_proposal", cloud.account, public_id=merge.public_id)))

    assert "1 person needs a second step" in page
    assert "Administrators of Acme Corp can read the activity of Acme Cloud" in page


def test_without_a_twin_the_page_says_what_was_compared(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(url("merge_list", acme))

    assert "No other account looks like your company" in text(page)


@pytest.mark.parametrize(
    ("who", "status"), [("mia", 403), ("bob", 403), ("charlie", 404), ("dora", 404)]
)
def test_others_than_administrators_get_nowhere(
    who: str,
    status: int,
    cloud: Cloud,
    acme: BusinessAccount,
    alice: User,
    request: pytest.FixtureRequest,
    now: datetime,
    sign_in: SignIn,
) -> None:
    person: User = request.getfixturevalue(who)
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    ref = merge_scenarios.twin(acme, cloud.account, by=alice).ref
    browser = sign_in(person)

    for name in ("merge_list", "merge_twin", "merge_proposal"):
        more: dict[str, dict[str, object]] = {
            "merge_twin": {"ref": ref},
            "merge_proposal": {"public_id": merge.public_id},
        }
        assert browser.get(url(name, acme, **more.get(name, {}))).status_code == status
    for name in ("merge_agree", "merge_decline", "merge_withdraw"):
        page = browser.post(url(name, acme, public_id=merge.public_id))
        assert page.status_code == status
    for name in ("merge_propose", "merge_dismiss"):
        assert browser.post(url(name, acme, ref=ref)).status_code == status
    assert Merge.objects.open().get() == merge


def test_a_merge_of_others_is_not_found_here(
    cloud: Cloud,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    merge = merge_scenarios.proposed(cloud, acme, alice, now)
    ref = merge_scenarios.twin(acme, cloud.account, by=alice).ref
    browser = sign_in(charlie)

    assert browser.get(url("merge_proposal", globex, public_id=merge.public_id)).status_code == 404
    assert browser.post(url("merge_agree", globex, public_id=merge.public_id)).status_code == 404
    assert browser.get(url("merge_twin", globex, ref=ref)).status_code == 404
    assert browser.post(url("merge_propose", globex, ref=ref)).status_code == 404


def test_before_anybody_agreed_each_sees_their_own_things_only(
    cloud: Cloud, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.licensed(
        acme,
        license_factories.primary_key(license_factories.subscription(acme, now=now)),
        now,
        "Acme Farm",
    )
    browser = sign_in(alice)

    theirs = text(browser.get(twin_url("merge_twin", acme, cloud.account, alice)))
    ours = text(browser.get(twin_url("merge_twin", acme, cloud.account, alice, "?keep=theirs")))

    for page in (theirs, ours):
        for secret in ("Cloud Farm", "Zoe Park", "ian@acme.example", "belongs to both"):
            assert secret not in page
    assert "Their administrators see every line of what's theirs" in theirs
    assert "1 instance" in ours
    assert "Acme Farm" in ours


def test_an_account_that_is_not_named_stays_unnamed_on_every_page(
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    """Charlie holds a key of Acme's, and may ask without learning whose it is."""
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    with pytest.raises(KeyTaken):
        licenses.register_key(account=globex, code=key.code, by=charlie, now=now)
    browser = sign_in(charlie)
    pages = [
        browser.get(url("merge_list", globex)),
        browser.get(twin_url("merge_twin", globex, acme, charlie)),
        browser.get(twin_url("merge_twin", globex, acme, charlie, "?keep=theirs")),
        browser.post(
            twin_url("merge_propose", globex, acme, charlie), {"keep": "ours"}, follow=True
        ),
        browser.get(url("merge_list", globex)),
        browser.get(url("activity", globex)),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "acme" not in text(page).lower()
    assert "Another business account" in text(pages[0])
    assert "Globex" in mails.latest("alice@acme.example", "merge_proposed").text


def test_the_list_costs_the_same_however_much_there_is(
    cloud: Cloud,
    acme: BusinessAccount,
    alice: User,
    now: datetime,
    sign_in: SignIn,
    django_assert_max_num_queries: object,
) -> None:
    browser = sign_in(alice)
    browser.get(url("merge_list", acme))
    many_instances.make(cloud.account, cloud.key, 500, now=now)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        browser.get(url("merge_list", acme))
