"""From the console's link to *Done* no heading moves sideways (DESIGN, "One axis")."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from accounts.directory.models import BusinessAccount, User
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.steps import button, type_the_code
from tests.licensing import license_factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


class Ruler:
    """Notes where the heading of each page begins, in whole pixels."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.edges: dict[str, int] = {}

    def note(self, name: str) -> None:
        heading = self.page.get_by_role("heading", level=1).bounding_box()
        bar = self.page.locator(".instance-bar, .steps").first.bounding_box()
        assert heading
        assert bar
        assert heading["y"] > bar["y"], f"{name}: the heading stands beside the bar"
        self.edges[name] = round(heading["x"])
        self.edges[f"{name}: bar"] = round(bar["x"])
        if folder := os.environ.get("PORTAL_TEST_PICTURES"):
            wide = self.page.viewport_size == WIDE
            name = f"{len(self.edges):02}-{name}-{'wide' if wide else 'phone'}.png"
            self.page.screenshot(path=Path(folder) / name)

    def is_in_sight(self, name: str) -> None:
        """The page's main button stands above the fold."""
        button = self.page.get_by_role("button", name=name, exact=True).bounding_box()
        size = self.page.viewport_size
        assert button
        assert size
        assert button["y"] + button["height"] <= size["height"], f"{name} is below the fold"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_danas_first_instance_stays_on_one_axis(
    new_page: NewPage, viewport: ViewportSize, now: datetime
) -> None:
    page = new_page(viewport=viewport)
    asked = license_factories.request(now=now)
    ruler = Ruler(page)

    page.goto(f"/activate/?code={asked.display_code}")
    ruler.note("first question")
    onward = f"next={asked.get_absolute_url()}"
    page.goto(f"/start/?task=activate&instance=first&sign=none&{onward}")
    ruler.note("recommendation")
    ruler.is_in_sight("Create business account")
    for name in ("login", "password/reset", "signup"):
        page.goto(f"/accounts/{name}/?{onward}")
        ruler.note(name.replace("/", "-"))
    page.goto(f"/start/find/?{onward}")
    ruler.note("find")
    page.goto(f"/accounts/signup/?{onward}")
    for field, typed in (
        ("name", "Dana Winter"),
        ("email", "dana@winter.example"),
        ("password1", "lamp coffee river nine"),
    ):
        page.locator(f"[name={field}]").fill(typed)
    button(page, "Create business account")
    page.locator("[name=code]").wait_for()
    ruler.note("code")
    type_the_code(page, "dana@winter.example")
    page.wait_for_url("**/b/new/**")
    ruler.note("company")
    page.locator("main [name=name]").fill("Winter Ltd")
    page.locator("main form button.primary, main form button[type=submit]").first.click()
    page.wait_for_url("**/license/**")
    ruler.note("license")

    assert len(set(ruler.edges.values())) == 1, ruler.edges


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_alices_approval_stays_on_one_axis(
    new_page: NewPage, viewport: ViewportSize, now: datetime, acme: BusinessAccount, alice: User
) -> None:
    page = new_page(viewport=viewport)
    asked = license_factories.request(now=now)
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    ruler = Ruler(page)

    page.goto(f"/activate/?code={asked.display_code}")
    ruler.note("first question")
    page.goto(f"/accounts/login/?next={asked.get_absolute_url()}")
    page.locator("[name=login]").fill(alice.email)
    ruler.note("sign in")
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Sign in")
    page.wait_for_url("**/license/**")
    ruler.note("license")
    page.goto(f"{asked.get_absolute_url()}confirm/?account={acme.slug}&key={key.public_id}")
    ruler.note("consent")
    ruler.is_in_sight("Approve")
    approve = page.get_by_role("button", name="Approve", exact=True).bounding_box()
    facts = page.locator("main .definitions").bounding_box()
    assert approve
    assert facts
    assert approve["y"] < facts["y"], "the facts stand below the decision"

    assert len(set(ruler.edges.values())) == 1, ruler.edges


def test_on_a_phone_the_steps_say_where_dana_is_and_on_a_wide_screen_name_them_all(
    new_page: NewPage, now: datetime
) -> None:
    page = new_page(viewport=PHONE)
    asked = license_factories.request(now=now)

    page.goto(f"/accounts/signup/?next={asked.get_absolute_url()}")

    words = page.locator(".steps-now")
    assert words.inner_text() == "Step 2 of 5 · Account"
    assert words.is_visible()
    page.set_viewport_size(WIDE)
    assert words.is_hidden()
