"""Journey: forgot password. Sign-in page, mail, new password, on (SPEC 3, A21–A23)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, User
from tests import mails
from tests.journeys.conftest import NewPage
from tests.journeys.steps import path_in, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_alice_gets_back_in_and_goes_on(
    new_page: NewPage, portal: str, acme: BusinessAccount, alice: User
) -> None:
    page, elsewhere = new_page(), new_page()
    sign_in(elsewhere, alice.email)
    elsewhere.wait_for_url(f"**/b/{acme.slug}/")

    page.goto(f"/b/{acme.slug}/members/")
    page.locator("[name=login]").fill(alice.email)
    page.locator("[name=password]").fill("not the right one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Invalid Email or Password").first).to_be_visible()
    page.get_by_role("link", name="Forgot password", exact=True).click()
    page.locator("[name=email]").fill(alice.email)
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    page.goto(path_in(mails.latest(alice.email), "/password/reset/key/"))
    page.locator("[name=password1]").fill("a brand new pass phrase")
    page.locator("form:has([name=password1]) button[type=submit]").first.click()
    page.wait_for_url(f"**/b/{acme.slug}/members/")

    elsewhere.goto("/")
    expect(elsewhere).to_have_title("Sign In · Northbeam")


def test_a_signed_in_person_is_asked_first(page: Page, alice: User, acme: BusinessAccount) -> None:
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    page.goto("/accounts/password/reset/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(alice.email)
    page.get_by_role("button", name="Sign out and continue").click()
    expect(page.locator("[name=email]")).to_be_visible()
