"""Journey 1 at a real console (SPEC 3), by keyboard alone and in a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from licensing.licenses.models import Activation
from tests import mails
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.console import Console
from tests.journeys.steps import button
from tests.journeys.test_console import DANA, console, from_the_guide_to_a_company
from tests.journeys.test_keyboard import fill, tab_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
__all__ = ["console"]


def choose(page: Page, name: str, value: str) -> None:
    """Walk to a box or a group of radios, there on by arrows, and send the form by Enter."""
    tab_to(page, f"[name={name}]:is([type=radio], [value={value}])")
    for _ in range(8):
        if page.evaluate("document.activeElement.value") == value:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator(f"[name={name}]:not([type=hidden])").first.wait_for(state="detached")


def is_licensed(page: Page, farm: Console) -> None:
    farm.read_until(r"(Licensed for 50 users until .+ Checked: signature, instance, dates\.)")
    assert farm.process.wait(10) == 0
    expect(page.get_by_role("heading", level=1)).to_contain_text("Farm One is licensed")
    assert Activation.objects.live().get().instance.name == "Farm One"


def test_dana_needs_no_mouse(page: Page, portal: str, console: Callable[[str], Console]) -> None:
    farm = console("Farm One")

    page.goto(farm.activate(portal))
    choose(page, "instance", "first")
    choose(page, "sign", "none")
    tab_to(page, "form[action*=signup] [name=email]")
    page.keyboard.type(DANA)
    page.keyboard.press("Enter")
    page.wait_for_url("**/signup/**")
    fill(page, "name", "Dana Reyes")
    fill(page, "password1", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    fill(page, "code", mails.code_in(mails.latest(DANA)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/new/**")
    fill(page, "name", "Initech")
    page.keyboard.press("Enter")
    page.wait_for_url("**/license/**")
    choose(page, "source", "trial")
    tab_to(page, "#approve button")
    page.keyboard.press("Enter")

    is_licensed(page, farm)


def test_dana_needs_no_scripts(
    new_page: NewPage, portal: str, console: Callable[[str], Console]
) -> None:
    farm, page = console("Farm One"), new_page(java_script_enabled=False)

    page.goto(farm.activate(portal))
    from_the_guide_to_a_company(page)
    page.locator("[type=radio][value=trial]").check()
    button(page, "Continue")
    button(page, "Approve")

    is_licensed(page, farm)
