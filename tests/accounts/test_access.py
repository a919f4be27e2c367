"""The gate says why it is shut; an account that was merged away leads its people on."""

from __future__ import annotations

import html
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from tests import factories
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(acme: BusinessAccount, dora: User) -> BusinessAccount:
    """An account that was merged into Acme: nobody belongs to it any more."""
    return BusinessAccount.objects.create(
        name="Acme Cloud", slug="acme-cloud-xyz12", created_at=acme.created_at, merged_into=acme
    )


def test_who_is_blocked_learns_who_can_change_that(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn, now: datetime
) -> None:
    members.block(membership=membership_of(mia, acme), by=alice, now=now)

    page = sign_in(mia).get(f"/b/{acme.slug}/")

    assert page.status_code == 403
    assert "Your access to Acme Corp is blocked." in html.unescape(page.content.decode())


def test_who_lacks_the_right_learns_whom_to_ask(
    acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    page = sign_in(mia).get(f"/b/{acme.slug}/settings/")

    assert page.status_code == 403
    assert "Ask an administrator of Acme Corp." in html.unescape(page.content.decode())


def test_its_members_land_on_the_same_page_of_the_other_account(
    old: BusinessAccount, acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    page = sign_in(mia).get(f"/b/{old.slug}/members/?q=acme-cloud-xyz12")

    assert page["Location"] == f"/b/{acme.slug}/members/?q=acme-cloud-xyz12"


def test_what_they_send_goes_nowhere_and_they_land_on_the_overview(
    old: BusinessAccount, acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    page = sign_in(mia).post(f"/b/{old.slug}/members/leave/", follow=True)

    assert page.redirect_chain == [(f"/b/{acme.slug}/", 302)]
    said = "The account was merged into Acme Corp, which now has everything it had."
    assert said in html.unescape(page.content.decode())
    assert acme.memberships.filter(user=mia).exists()


def test_a_chain_of_merges_is_followed_to_its_end(
    old: BusinessAccount,
    acme: BusinessAccount,
    dora: User,
    globex: BusinessAccount,
    sign_in: SignIn,
) -> None:
    BusinessAccount.objects.filter(pk=acme.pk).update(merged_into=globex)
    factories.member(globex, dora)

    page = sign_in(dora).get(f"/b/{old.slug}/licenses/")

    assert page["Location"] == f"/b/{globex.slug}/licenses/"


def test_others_learn_nothing_of_it(
    old: BusinessAccount, charlie: User, dora: User, sign_in: SignIn
) -> None:
    for person in (charlie, dora):
        assert sign_in(person).get(f"/b/{old.slug}/").status_code == 404


def test_who_is_blocked_there_is_told_so_there(
    old: BusinessAccount, acme: BusinessAccount, dora: User, sign_in: SignIn
) -> None:
    factories.member(acme, dora, blocked=True)

    page = sign_in(dora).get(f"/b/{old.slug}/", follow=True)

    assert (page.request["PATH_INFO"], page.status_code) == (f"/b/{acme.slug}/", 403)


def test_only_a_miss_asks_where_an_account_went(
    old: BusinessAccount, acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    browser = sign_in(mia)
    browser.get(f"/b/{acme.slug}/members/")

    with CaptureQueriesContext(connection) as queries:
        browser.get(f"/b/{acme.slug}/members/")

    assert not [each for each in queries if 'accounts_businessaccount"."slug" = ' in each["sql"]]
