"""Journey: the colleague. Mail, invitation page, password, in (SPEC 3)."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitations
from accounts.permissions import Role
from tests import factories, mails
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.steps import button, path_in, sign_in, type_the_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVE = "eve@acme.example"


@pytest.fixture
def link(acme: BusinessAccount, alice: User, now: datetime, portal: str) -> str:
    invitations.send(account=acme, addresses=[EVE], role=Role.MEMBER, by=alice, now=now)
    return path_in(mails.latest(EVE), "/invitations/")


def is_in(email: str, acme: BusinessAccount) -> bool:
    return Membership.objects.filter(account=acme, user__email=email).exists()


def test_a_newcomer_sets_a_password_and_is_in(page: Page, link: str, acme: BusinessAccount) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Join Acme Corp")
    page.locator("[name=name]").fill("Eve Moss")
    page.locator("[name=password1]").fill(PASSWORD)
    button(page, "Join Acme Corp")
    page.wait_for_url(f"**/b/{acme.slug}/")
    assert is_in(EVE, acme)


def test_who_has_an_account_signs_in_and_joins(
    page: Page, link: str, acme: BusinessAccount
) -> None:
    factories.person(EVE, "Eve Moss")
    page.goto(link)
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Sign in and continue")
    button(page, "Join Acme Corp")
    page.wait_for_url(f"**/b/{acme.slug}/")
    assert is_in(EVE, acme)


def test_signed_in_as_someone_else_dora_proves_the_address_too(
    page: Page, link: str, acme: BusinessAccount, dora: User
) -> None:
    sign_in(page, dora.email)
    page.wait_for_url("**/b/**")
    page.goto(link)
    expect(page.get_by_text(dora.email).first).to_be_visible()
    button(page, f"Send a code to {EVE}")
    type_the_code(page, EVE)
    button(page, "Join Acme Corp")
    page.wait_for_url(f"**/b/{acme.slug}/")
    assert is_in(dora.email, acme)


def test_alice_invites_many_and_sees_each_result(
    new_page: NewPage, portal: str, acme: BusinessAccount, alice: User, mia: User
) -> None:
    page = new_page()
    sign_in(page, alice.email)
    page.goto(f"/b/{acme.slug}/members/invite/")
    page.locator("[name=emails]").fill(f"{EVE}; Ada Berg <ada@acme.example>\n{mia.email} nonsense")
    page.locator("form:has([name=emails]) button[type=submit]").first.click()
    text = page.locator("main").inner_text()
    for address in (EVE, "ada@acme.example", mia.email, "nonsense"):
        assert address in text
    assert set(acme.invitations.values_list("email", flat=True)) == {EVE, "ada@acme.example"}
