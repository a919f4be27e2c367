"""The pages of instances, full and empty: accessible, light, and nothing cut off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page

from accounts.directory.models import BusinessAccount, User
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Instance
from tests.journeys.page_checks import look, look_at
from tests.journeys.steps import sign_in
from tests.licensing import license_factories, many_instances

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def farm(acme: BusinessAccount, now: datetime) -> Instance:
    """One with 90 days of usage, over its seats, among more than a page holds."""
    license = license_factories.subscription(acme, now=now, ends_on=now.date() + timedelta(days=12))
    key = license_factories.key(license, now=now, reserved=25)
    farm = license_factories.licensed(
        acme,
        key,
        now,
        "A farm with a name that takes up all of its sixty characters",
        note="Rack 3\nDoor 4",
        host="a-server-with-a-long-name.in-a-department.acme.example",
        over_since=now - timedelta(days=2),
        peak_users=31,
        last_check_in_at=now,
        document_ends_at=now + timedelta(days=30),
    )
    UsageDay.objects.bulk_create(
        UsageDay(instance=farm, date=now.date() - timedelta(days=age), peak_users=31 - age // 3)
        for age in range(90)
    )
    many_instances.make(acme, license_factories.primary_key(license), 40, now=now)
    return farm


def test_pages_of_instances(page: Page, acme: BusinessAccount, alice: User, farm: Instance) -> None:
    sign_in(page, alice.email)
    page.wait_for_url("**/b/**")
    one = farm.get_absolute_url()
    every = f"/b/{acme.slug}/instances/"

    wrong = look_at(
        page,
        [
            f"/b/{acme.slug}/",
            every,
            f"{every}?q=nothing&state=lost",
            one,
            f"{one}upgrade/?version=99",
            f"{one}edit/",
            f"{one}move/",
            f"{one}deactivate/",
            f"{one}lost/",
        ],
    )
    page.goto(one)
    page.get_by_text("Show as a table").click()
    wrong += look(page, "the chart as a table")

    assert wrong == []


def test_pages_of_an_account_without_instances(
    page: Page, acme: BusinessAccount, alice: User
) -> None:
    sign_in(page, alice.email)
    page.wait_for_url("**/b/**")

    assert look_at(page, [f"/b/{acme.slug}/", f"/b/{acme.slug}/instances/"]) == []
