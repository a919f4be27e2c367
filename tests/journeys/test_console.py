"""Journeys 1 and 2 with the real console: it runs in a process of its own, a person in a browser.

SPEC 3: first instance (guide, create, code, company, trial, approve), and a later one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.licenses.models import Activation, Instance, License
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.conftest import NewPage
from tests.journeys.console import Console
from tests.journeys.steps import button, sign_in, type_the_code
from tests.licensing import license_factories

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
DANA = "dana@initech.example"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Callable[[str], Console]]:
    """Installs instances by name; none is left running."""
    installed: list[Console] = []

    def install(name: str) -> Console:
        installed.append(Console(tmp_path, name))
        return installed[-1]

    yield install
    for each in installed:
        each.end()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value={value}]").check()
    button(page, "Continue")


def from_the_guide_to_a_company(page: Page) -> None:
    choose(page, "instance", "first")
    choose(page, "sign", "none")
    page.locator("form[action*=signup] [name=email]").fill(DANA)
    page.locator("form[action*=signup] button").click()
    page.locator("[name=name]").fill("Dana Reyes")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("form:has([name=password1]) button[type=submit]").first.click()
    expect(page.locator("[name=code]")).to_be_visible()
    type_the_code(page, DANA)
    page.locator("[name=name]").fill("Initech")
    page.locator("form:has([name=name]) button[type=submit]").first.click()


def test_danas_first_instance_is_licensed_by_a_trial(
    page: Page, portal: str, console: Callable[[str], Console]
) -> None:
    farm = console("Farm One")

    page.goto(farm.activate(portal))
    from_the_guide_to_a_company(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Farm One")
    page.locator("[type=radio][value=trial]").check()
    button(page, "Continue")
    expect(page.locator("main")).to_contain_text(farm.read_until(r"([A-Z]{4}-[A-Z]{4})"))
    button(page, "Approve")

    farm.read_until(r"(Licensed for 50 users until .+ Checked: signature, instance, dates\.)")
    assert farm.process.wait(10) == 0
    expect(page.get_by_role("heading", level=1)).to_contain_text("Farm One is licensed")
    assert BusinessAccount.objects.get().name == "Initech"
    assert Activation.objects.live().get().key.license.kind == License.Kind.TRIAL
    assert "The document is good until" in farm.run("status")
    assert "Licensed for 50 users" in farm.run("check-in", "--peak-users", "12")
    assert "Deactivated: the seat is free" in farm.run("deactivate")


def test_a_later_instance_finds_the_account_of_the_first(
    new_page: NewPage,
    portal: str,
    console: Callable[[str], Console],
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    now: datetime,
) -> None:
    license = license_factories.subscription(acme, now=now)
    license_factories.activation(
        license_factories.instance(acme, now=now), license_factories.primary_key(license), now=now
    )
    factories.member(globex, alice, Role.ADMINISTRATOR)
    farm, page = console("Farm Two"), new_page()

    page.goto(farm.activate(portal))
    choose(page, "instance", "later")
    choose(page, "login", "works")
    expect(page.locator("[data-recommendation=sign-in]")).to_be_visible()
    page.locator("main [name=email]").fill(alice.email)
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    expect(page.locator("[name=login]")).to_have_value(alice.email)
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Sign in")
    expect(page.locator(f"[name=account][value={acme.slug}]")).to_be_checked()
    button(page, "Continue")
    page.locator("[type=radio][name=source]").first.check()
    button(page, "Continue")
    button(page, "Approve")

    farm.read_until(r"(Licensed for 100 users until .+ under Subscription 2027)")
    assert farm.process.wait(10) == 0
    assert Instance.objects.get(name="Farm Two").account == acme


def test_this_is_not_mine_ends_the_waiting(
    page: Page, portal: str, console: Callable[[str], Console], alice: User
) -> None:
    farm = console("Farm Three")
    sign_in(page, alice.email)

    page.goto(farm.activate(portal))
    page.locator("[type=radio][value=trial]").check()
    button(page, "Continue")
    button(page, "This isn't mine")

    farm.read_until(r"(The request was denied)")
    assert farm.process.wait(10) == 1
    assert not Activation.objects.exists()


def test_who_has_no_right_hands_the_browser_to_who_has_it(
    page: Page, portal: str, console: Callable[[str], Console], alice: User, mia: User
) -> None:
    farm = console("Farm Four")
    sign_in(page, mia.email)
    page.wait_for_url("**/b/**")
    page.goto(farm.activate(portal))

    button(page, "Sign in as someone else")
    expect(page.get_by_role("status")).to_contain_text("Sign in again to continue with Farm Four")
    page.locator("[name=login]").fill(alice.email)
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Sign in")
    page.locator("[type=radio][value=trial]").check()
    button(page, "Continue")
    button(page, "Approve")

    farm.read_until(r"(Licensed for 50 users until)")
    assert farm.process.wait(10) == 0
