"""Every page in both themes, on a phone and a desk: accessible, light, and nothing cut off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.page_checks import look, look_at
from tests.journeys.steps import sign_in, type_the_code
from tests.personas import membership_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

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
    "/support/sent/?reference=7QK-DM4P",
    "/start/ask/sent/",
    "/accounts/inactive/",
    "/accounts/password/reset/key/done/",
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
    "/b/{slug}/members/leave/",
    "/b/{slug}/members/{mia}/role/",
    "/b/{slug}/members/{mia}/block/",
    "/b/{slug}/members/{mia}/remove/",
    "/b/{slug}/invitations/{invitation}/revoke/",
    "/start/ask/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/reauthenticate/",
    "/accounts/password/reset/",
    "/accounts/sessions/",
]
FIRST_VISIT_BYTES = 150_000


def test_pages_before_signing_in(page: Page, acme: BusinessAccount) -> None:
    assert look_at(page, PUBLIC) == []


def test_invitations_in_every_state(
    page: Page, acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    def link(email: str, sent_at: datetime = now, **facts: Any) -> str:
        made = factories.invitation(acme, email, by=alice, now=sent_at, **facts)
        return made.get_absolute_url()

    addresses = [
        link("eve@acme.example"),
        link(mia.email),
        link("old@acme.example", sent_at=now - timedelta(days=20)),
        link("r@acme.example", revoked_at=now),
        link("d@acme.example", declined_at=now),
        link("a@acme.example", accepted_at=now, accepted_by=mia),
    ]
    wrong = look_at(page, addresses)
    sign_in(page, mia.email)
    page.wait_for_url("**/b/**")
    assert wrong + look_at(page, addresses[:1]) == []


def test_pages_of_an_administrator(
    page: Page, acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    factories.crowd(acme, 12)
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    factories.join_request(acme, "dora@winter.example", now=now)
    ids = {
        "slug": acme.slug,
        "mia": membership_of(mia, acme).public_id,
        "invitation": invitation.public_id,
    }
    sign_in(page, alice.email)
    page.wait_for_url("**/b/**")
    assert look_at(page, [address.format(**ids) for address in SIGNED_IN]) == []


def test_what_forms_answer(page: Page, acme: BusinessAccount, alice: User) -> None:
    """Pages that stand only after something was sent: refusals, codes, results."""
    wrong = []
    sign_in(page, alice.email, "not the right one")
    wrong += look(page, "sign-in refused")
    page.goto("/accounts/signup/")
    for name, text in (("name", "Alice"), ("email", alice.email), ("password1", "short")):
        page.locator(f"[name={name}]").fill(text)
    page.keyboard.press("Enter")
    page.locator("text=Account already exists").first.wait_for()
    wrong += look(page, "sign-up refused")
    page.goto("/start/find/")
    page.locator("[name=email]").fill("carl@acme.example")
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    wrong += look(page, "code to find an account")
    page.locator("[name=code]").fill("BBBB-BBBB")
    page.keyboard.press("Enter")
    page.locator(".field-error").first.wait_for()
    wrong += look(page, "wrong code")
    type_the_code(page, "carl@acme.example")
    page.locator("[name=code]").wait_for(state="detached")
    wrong += look(page, "what was found")
    page.goto("/start/find/?another=1")
    wrong += look_at(page, ["/start/ask/"])
    assert wrong == []


def test_the_first_visit_is_light(new_page: NewPage, portal: str) -> None:
    page, sizes = new_page(), {}
    page.on("response", lambda got: sizes.update({got.url: len(got.body())}))
    page.goto("/accounts/login/", wait_until="networkidle")
    assert sum(sizes.values()) < FIRST_VISIT_BYTES, sizes
