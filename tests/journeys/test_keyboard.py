"""Without a mouse: every step is reached by Tab, done by Enter, and the focus is always seen."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitations
from accounts.permissions import Role
from tests import mails
from tests.factories import PASSWORD
from tests.journeys.steps import path_in, sign_in
from tests.licensing import license_factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The focus ring of DESIGN "Parts": 2 px or more, drawn, and not see-through.
_RING = """() => {
  const here = document.activeElement;  // a big radio row wears the ring of its radio
  const style = getComputedStyle(here.closest(".row") ?? here);
  return [style.outlineStyle, parseFloat(style.outlineWidth), style.outlineColor];
}"""


def tab_to(page: Page, selector: str, most: int = 25) -> None:
    """Press Tab until `selector` has the focus; every stop on the way shows its ring."""
    for _ in range(most):
        page.keyboard.press("Tab")
        style, width, color = page.evaluate(_RING)
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
        assert style != "none", where
        assert width >= 2, where
        assert color != "rgba(0, 0, 0, 0)", where
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{selector} is out of reach")


def fill(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


def test_dana_signs_up(page: Page) -> None:
    page.goto("/accounts/login/")
    tab_to(page, "main p a[href^='/start/']")
    page.keyboard.press("Enter")
    for choice in ("[name=task]", "[name=instance]", "[name=sign][value=none]"):
        page.locator(choice).first.wait_for()
        tab_to(page, choice)
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    page.locator("[name=email]").wait_for()
    fill(page, "email", "dana@initech.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/signup/**")
    fill(page, "name", "Dana Reyes")
    fill(page, "password1", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    if not page.evaluate("document.activeElement.name === 'code'"):
        tab_to(page, "[name=code]")
    page.keyboard.type(mails.code_in(mails.latest("dana@initech.example")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/new/**")
    fill(page, "name", "Initech")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Initech")


def test_eve_accepts_her_invitation(
    page: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    invitations.send(
        account=acme, addresses=["eve@acme.example"], role=Role.MEMBER, by=alice, now=now
    )
    page.goto(path_in(mails.latest("eve@acme.example"), "/invitations/"))
    fill(page, "name", "Eve Moss")
    fill(page, "password1", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/b/{acme.slug}/")
    assert Membership.objects.filter(account=acme, user__email="eve@acme.example").exists()


def test_the_guide_is_answered_with_space_and_enter(page: Page) -> None:
    page.goto("/start/?task=activate")
    tab_to(page, "[name=instance]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator("[name=sign]").first.wait_for()
    assert "instance=" in page.url


def test_alice_activates_an_instance(
    page: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    """From the code on a console's screen to its license (SPEC 3, journey 2)."""
    license = license_factories.subscription(acme, now=now)
    license_factories.key(license, now=now, reserved=5, name="Branch")
    asked = license_factories.request(now=now)
    page.goto("/accounts/login/?next=/activate/")
    fill(page, "login", alice.email)
    fill(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    fill(page, "code", asked.display_code.lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/license/**")
    tab_to(page, "main input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    tab_to(page, "main form#approve button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Farm One is licensed")


def test_the_menus_open_and_close(page: Page, acme: BusinessAccount, alice: User) -> None:
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    tab_to(page, ".topbar-switcher > summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="All my business accounts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="All my business accounts")).to_be_hidden()


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/accounts/login/")
    tab_to(page, ".skip-link", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_whoever_failed_three_times_gets_to_a_person(page: Page) -> None:
    page.goto("/start/key/")
    for _ in range(3):
        fill(page, "key", "RAS1-00000-00000-00000-00000")
        page.keyboard.press("Enter")
        expect(page.locator(".error-summary")).to_be_focused()
        page.locator("[name=key]").evaluate("field => field.value = ''")

    tab_to(page, "a[href='#help']", most=2)
    page.keyboard.press("Enter")
    expect(page.locator("#help")).to_be_focused()
    reference = page.locator("#help code").inner_text()
    tab_to(page, "#help a[href*='/support/']", most=3)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/support/?reference={reference}")

    fill(page, "email", "dora@winter.example")
    fill(page, "subject", "My key isn't known")
    fill(page, "message", "It's the one in the mail.")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Support has your message")).to_be_visible()
    assert reference in mails.latest("support@portal.example").subject
