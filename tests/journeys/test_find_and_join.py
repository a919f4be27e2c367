"""Journey: find my account, ask to join, be invited, be in (SPEC 2.2, A13)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, Membership, User
from tests import mails
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.steps import button, path_in, sign_in, type_the_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CARL = "carl@acme.example"


def test_carl_finds_his_company_asks_and_gets_in(
    new_page: NewPage, portal: str, acme: BusinessAccount, alice: User
) -> None:
    acme.joinable_by_domain = True
    acme.save(update_fields=["joinable_by_domain"])
    his, hers = new_page(), new_page()

    ask_to_join(his)
    sign_in(hers, alice.email)
    hers.wait_for_url(f"**/b/{acme.slug}/")
    hers.goto(path_in(mails.latest(alice.email, "join_requested"), "/members/"))
    button(hers, "Approve Carl Newman")
    expect(hers.get_by_role("status")).to_contain_text("Carl Newman was invited")

    his.goto(path_in(mails.latest(CARL, "invitation"), "/invitations/"))
    his.locator("[name=name]").fill("Carl Newman")
    his.locator("[name=password1]").fill(PASSWORD)
    button(his, "Join Acme Corp")
    his.wait_for_url(f"**/b/{acme.slug}/")
    assert Membership.objects.filter(account=acme, user__email=CARL).exists()


def ask_to_join(page: Page) -> None:
    page.goto("/start/find/")
    page.locator("[name=email]").fill(CARL)
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    type_the_code(page, CARL)
    expect(page.locator("[data-recommendation=ask-admin]")).to_be_visible()
    page.get_by_role("link", name="Ask to join").click()
    page.locator("[name=name]").fill("Carl Newman")
    page.locator("[name=message]").fill("I look after the farm in Graz.")
    button(page, "Ask to join")
    expect(page.get_by_role("heading", level=1)).to_contain_text("on its way")
    # The administrators' addresses stay with us.
    assert "alice@" not in page.content()
