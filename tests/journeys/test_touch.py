"""A finger hits everything: on a phone, targets are 44 px high (DESIGN, Parts)."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page

from accounts.models import BusinessAccount, User
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.steps import sign_in
from tests.journeys.touching import PHONE, too_small
from tests.licensing import stock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
pytestmark.append(pytest.mark.xdist_group("browser"))

PUBLIC = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/start/?task=activate&instance=first",
    "/start/?task=activate&instance=first&sign=sales&invited=no&email_known=yes",
    "/start/find/",
    "/start/key/",
    "/support/",
    "/invitations/nonsense/",
]


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    return new_page(viewport=PHONE, has_touch=True, is_mobile=True)


def test_a_small_target_is_found(phone: Page) -> None:
    phone.goto("/support/")
    phone.evaluate("document.querySelector('#main').innerHTML = '<a href=\"/\">Small</a>'")

    assert too_small(phone)


def test_before_signing_in(phone: Page) -> None:
    assert visit(phone, PUBLIC) == []


def test_pages_of_an_account(
    phone: Page, acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    factories.invitation(acme, "peter@acme.example", by=alice, now=now)
    license = stock.subscription(acme, now=now)
    farm = stock.licensed(acme, stock.primary_key(license), now, "Farm One")
    asked = stock.request(now=now)
    sign_in(phone, alice.email)
    phone.wait_for_url("**/b/**")

    account, one = f"/b/{acme.slug}/", farm.get_absolute_url()
    pages = ["", "licenses/", "licenses/add/", "instances/", "members/", "members/invite/"]
    pages += ["activity/", "settings/", "enrollment/", "enrollment/new/", "mails/", "merge/"]
    assert visit(phone, [account + page for page in pages]) == []
    assert visit(phone, [license.get_absolute_url(), one, f"{one}move/", f"{one}edit/"]) == []
    assert visit(phone, ["/b/", "/b/new/", "/accounts/email/", "/accounts/sessions/"]) == []
    assert visit(phone, [f"/activate/{asked.public_id}/license/?account={acme.slug}"]) == []


def visit(page: Page, addresses: list[str]) -> list[str]:
    """Where a finger fails, in words."""
    found = []
    for address in addresses:
        page.goto(address)
        assert page.url.endswith(address), f"{address} led to {page.url}"
        found += [f"{address} {each}" for each in too_small(page)]
    return found
