"""Every page in both themes, on a phone and a desk: accessible, light, and nothing cut off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import BusinessAccount, User
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
pytestmark.append(pytest.mark.xdist_group("browser"))

PUBLIC = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-wrong/",
    "/accounts/login/code/",
    "/start/",
    "/start/?task=upgrade",
    "/start/?task=activate&instance=first",
    "/start/?task=activate&instance=first&sign=sales&invited=no&email_known=yes",
    "/start/?task=activate&instance=first&sign=none",
    "/start/?task=activate&instance=later&login=lost",
    "/start/find/",
    "/support/",
    "/invitations/nonsense/",
]
SIGNED_IN = [
    "/b/",
    "/b/new/",
    "/b/{slug}/",
    "/b/{slug}/members/",
    "/b/{slug}/members/invite/",
    "/b/{slug}/activity/",
    "/b/{slug}/settings/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
FIRST_VISIT_BYTES = 150_000
HTML_BYTES = 60_000


def look_at(page: Page, addresses: list[str]) -> list[str]:
    """Visit each address in both themes and widths; what is wrong, in words."""
    wrong, axe = [], Axe()
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        assert response.status < 500
        assert page.url.endswith(address), f"{address} led to {page.url}"
        if len(response.body()) > HTML_BYTES:
            wrong.append(f"{address}: {len(response.body())} bytes of HTML")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(250)  # colors fade over; axe must see where they end
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                found = axe.run(page).response["violations"]
                wrong += [
                    f"{address} {scheme} {width}: {each['id']} {each['nodes'][0]['html'][:120]}"
                    f" {each['nodes'][0]['any'][0]['message']}"
                    for each in found
                ]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wrong.append(f"{address} {scheme} {width}: scrolls sideways")
    return wrong


def test_pages_before_signing_in(
    page: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    fresh = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    old = factories.invitation(acme, "old@acme.example", by=alice, now=now - timedelta(days=20))
    invitations = [fresh.get_absolute_url(), old.get_absolute_url()]
    assert look_at(page, PUBLIC + invitations) == []


def test_pages_of_a_member(page: Page, acme: BusinessAccount, alice: User, now: datetime) -> None:
    factories.crowd(acme, 12)
    factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    factories.join_request(acme, "dora@winter.example", now=now)
    sign_in(page, alice.email)
    page.wait_for_url("**/b/**")
    assert look_at(page, [address.format(slug=acme.slug) for address in SIGNED_IN]) == []


def test_the_first_visit_is_light(new_page: NewPage, portal: str) -> None:
    page, sizes = new_page(), {}
    page.on("response", lambda got: sizes.update({got.url: len(got.body())}))
    page.goto("/accounts/login/", wait_until="networkidle")
    assert sum(sizes.values()) < FIRST_VISIT_BYTES, sizes
