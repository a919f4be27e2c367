"""The activate pages, each as people come to it: accessible, light, and nothing cut off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.page_checks import look, look_at
from tests.journeys.steps import button, sign_in
from tests.licensing import license_factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "A farm with a name that takes up all of its sixty characters"
LONG_HOST = "a-server-with-a-long-name.in-a-department.acme.example"
DAY = timedelta(days=1)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(
        now=now, instance_name=LONG_NAME, host=LONG_HOST, key_hint="SOLD-KEY-1"
    )


def full_account(acme: BusinessAccount, now: datetime) -> str:
    """Keys that fit, one that is full, some that don't run; gives the full one's id."""
    license = license_factories.subscription(acme, now=now)
    for number in range(30):
        license_factories.key(license, now=now, reserved=1, name=f"Branch office number {number}")
    license_factories.permanent(acme, insured_until=date(2024, 1, 1), now=now)
    key = license_factories.primary_key(
        license_factories.subscription(acme, seats=1, now=now, name="Pilot")
    )
    license_factories.licensed(acme, key, now, LONG_NAME, last_seen_at=now - 60 * DAY)
    return str(key.public_id)


def test_entering_a_code_signed_out(page: Page, asked: ActivationRequest) -> None:
    wrong = look_at(page, ["/activate/"])
    page.locator("[name=code]").fill("BCDF-BCDF")
    button(page, "Continue")
    page.locator(".error-summary").wait_for()

    wrong += look(page, "a wrong code")
    page.locator("[name=code]").fill(asked.display_code.lower())
    button(page, "Continue")
    page.wait_for_url("**/start/**")
    wrong += look(page, "the guide with the bar")
    wrong += look_at(page, ["/accounts/login/"])

    assert wrong == []


def test_choosing_and_approving(
    page: Page,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    now: datetime,
) -> None:
    full = full_account(acme, now)
    factories.member(globex, alice, Role.ADMINISTRATOR)
    sign_in(page, alice.email)
    page.wait_for_url("**/b/**")
    page.goto(f"/activate/?code={asked.display_code}")
    here, account = asked.get_absolute_url(), f"account={acme.slug}"

    wrong = look_at(
        page,
        [
            here,
            f"{here}?account={globex.slug}&warned=1",
            f"{here}license/?{account}",
            f"{here}license/?{account}&chosen=1&q=Branch",
            f"{here}cut/?{account}&seats=0",
            f"{here}key/?{account}",
            f"{here}replace/?{account}&key={full}",
            f"{here}confirm/?{account}&trial=1",
        ],
    )
    button(page, "Approve")
    page.wait_for_url("**/done/")
    wrong += look(page, "done")

    assert wrong == []


def test_every_other_end(
    new_page: NewPage, acme: BusinessAccount, mia: User, now: datetime
) -> None:
    page = new_page()
    sign_in(page, mia.email)
    page.wait_for_url("**/b/**")
    denied: dict[str, Any] = {"status": "denied", "answered_at": now, "claimed_by": mia}
    ends = [
        license_factories.request(now=now, **denied),
        license_factories.request(now=now, **denied, disowned=True),
        license_factories.request(now=now, claimed_by=mia, expires_at=now - DAY),
        license_factories.request(now=now, claimed_by=mia, account=acme, handed_over_at=now),
    ]
    asked = license_factories.request(now=now)
    page.goto(f"/activate/?code={asked.display_code}")

    wrong = look(page, "no right")
    wrong += look_at(page, [f"/activate/{each.public_id}/done/" for each in ends])
    wrong += look_at(page, [f"/activate/{license_factories.request(now=now).public_id}/"])

    assert wrong == []
