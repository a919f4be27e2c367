"""A finger hits everything: on a phone, targets are 44 px high (DESIGN, Parts)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Position, expect

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.models import License
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.steps import sign_in
from tests.journeys.touch_targets import PHONE, too_small
from tests.licensing import license_factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

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
    license = license_factories.subscription(acme, now=now)
    farm = license_factories.licensed(acme, license_factories.primary_key(license), now, "Farm One")
    sign_in(phone, alice.email)
    phone.wait_for_url("**/b/**")

    account, one = f"/b/{acme.slug}/", farm.get_absolute_url()
    pages = ["", "licenses/", "licenses/add/", "instances/", "members/", "members/invite/"]
    pages += ["activity/", "settings/", "enrollment/", "enrollment/new/", "mails/", "merge/"]
    assert visit(phone, [account + page for page in pages]) == []
    assert visit(phone, [license.get_absolute_url(), one, f"{one}move/", f"{one}edit/"]) == []
    assert visit(phone, ["/b/", "/b/new/", "/accounts/email/", "/accounts/sessions/"]) == []


def test_licenses_keys_and_what_waits(
    phone: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    cut = license_factories.key(license, now=now, reserved=5, name="Branch")
    farm = license_factories.licensed(
        acme, cut, now, "Farm One", last_seen_at=now - timedelta(days=60)
    )
    license_factories.purchase(None, email=alice.email, now=now)
    sign_in(phone, alice.email)
    phone.wait_for_url("**/b/**")

    account, one, key = f"/b/{acme.slug}/", farm.get_absolute_url(), f"keys/{cut.public_id}/"
    pages = ["licenses/waiting/", f"{key}rename/", f"{key}revoke/"]
    assert visit(phone, [account + page for page in pages]) == []
    assert visit(phone, [f"{license.get_absolute_url()}cut/", f"{one}lost/"]) == []
    assert visit(phone, [f"{one}deactivate/", f"{one}upgrade/", "/api/v1/docs"]) == []


def test_an_activation(phone: Page, acme: BusinessAccount, alice: User, now: datetime) -> None:
    full = license_factories.primary_key(license_factories.subscription(acme, seats=1, now=now))
    license_factories.licensed(acme, full, now, "Pilot", last_seen_at=now - timedelta(days=60))
    license_factories.subscription(acme, now=now)
    asked = license_factories.request(now=now, key_hint="SOLD-KEY-1")
    sign_in(phone, alice.email)
    phone.wait_for_url("**/b/**")
    phone.goto(f"/activate/?code={asked.display_code}")

    here, account = asked.get_absolute_url(), f"account={acme.slug}"
    pages = ["license/", "cut/", "key/", "confirm/?trial=1", f"replace/?key={full.public_id}"]
    assert visit(phone, ["/activate/", "/activate/offline/"]) == []
    chosen = [f"{here}{page}{'&' if '?' in page else '?'}{account}" for page in pages]
    assert visit(phone, chosen) == []


def test_the_whole_card_reacts(
    phone: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license_factories.subscription(acme, now=now)
    asked = license_factories.request(now=now)
    sign_in(phone, alice.email)
    phone.wait_for_url("**/b/**")
    corner: Position = {"x": 8, "y": 8}

    phone.locator("#licenses .card").first.tap(position=corner)
    phone.wait_for_url("**/licenses/?product=ras")
    phone.locator("tbody tr").first.tap(position=corner)
    phone.wait_for_url(f"**{License.objects.get().get_absolute_url()}")
    phone.goto(f"/activate/?code={asked.display_code}")
    row = phone.locator(".row").last
    row.tap(position=corner)
    expect(row.locator("input")).to_be_checked()


def visit(page: Page, addresses: list[str]) -> list[str]:
    """Where a finger fails, in words."""
    found = []
    for address in addresses:
        page.goto(address)
        assert page.url.endswith(address), f"{address} led to {page.url}"
        found += [f"{address} {each}" for each in too_small(page)]
    return found
