"""Journey: first instance. Guide, create, code from the mail, name the company (SPEC 3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.steps import type_the_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DANA = "dana@initech.example"


def play(page: Page) -> None:
    page.goto("/start/?next=/b/new/%3Ffrom=console")
    page.locator("[name=task][value=activate]").check()
    page.get_by_role("button", name="Continue", exact=True).click()
    page.locator("[name=instance][value=first]").check()
    page.get_by_role("button", name="Continue", exact=True).click()
    page.locator("[name=sign][value=none]").check()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("[data-recommendation=create]")).to_be_visible()
    page.locator("form[action*=signup] [name=email]").fill(DANA)
    page.locator("form[action*=signup] button").click()
    expect(page.locator("[name=email]")).to_have_value(DANA)
    page.locator("[name=name]").fill("Dana Reyes")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("form:has([name=password1]) button[type=submit]").first.click()
    expect(page.locator("[name=code]")).to_be_visible()
    type_the_code(page, DANA)
    page.locator("[name=name]").fill("Initech")
    page.locator("form:has([name=name]) button[type=submit]").first.click()
    page.wait_for_url("**/b/new/?from=console")


def test_dana_creates_the_business_account(page: Page) -> None:
    play(page)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Initech")
    assert BusinessAccount.objects.get().name == "Initech"


def test_it_goes_the_same_without_javascript(new_page: NewPage) -> None:
    play(new_page(java_script_enabled=False))
    assert BusinessAccount.objects.get().name == "Initech"


def test_it_goes_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/accounts/signup/")
    for name, text in (("name", "Dana Reyes"), ("email", DANA), ("password1", PASSWORD)):
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                break
        ring = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
        )
        assert ring, f"no focus ring on {name}"
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_be_visible()
