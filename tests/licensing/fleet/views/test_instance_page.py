"""The page of one instance: facts, the chart of its users, its history."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, User
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Instance, Key
from tests.licensing import license_factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def page(browser: Client, instance: Instance, query: str = "") -> Response:
    return browser.get(instance.get_absolute_url() + query)


def test_mia_sees_the_facts_and_no_acts(
    acme: BusinessAccount, mia: User, bob: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    instance = license_factories.licensed(acme, key, now, "Farm One", note="Rack 3\nDoor 4")

    seen_by_mia = page(sign_in(mia), instance).content.decode()
    seen_by_bob = page(sign_in(bob), instance).content.decode()

    assert str(instance.instance_id) in seen_by_mia
    assert "Rack 3<br>Door 4" in seen_by_mia
    assert "Declare lost" not in seen_by_mia
    assert "Declare lost" in seen_by_bob
    assert "Replace Farm One" in seen_by_bob


def test_the_chart_speaks(acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn) -> None:
    key = license_factories.key(license_factories.subscription(acme, now=now), now=now, reserved=25)
    instance = license_factories.licensed(acme, key, now, "Farm One")
    UsageDay.objects.bulk_create(
        UsageDay(instance=instance, date=now.date() - timedelta(days=age), peak_users=peak)
        for age, peak in [(0, 31), (1, 25), (2, 26), (95, 987_654)]
    )

    text = page(sign_in(mia), instance).content.decode()

    assert "The highest was 31" in text
    assert "2 days were above today's 25 seats" in text
    assert text.count('class="chart-bar') == 3 + 2  # the days, and the legend
    assert "987654" not in text


def test_what_a_deactivated_instance_reported_stays_to_be_seen(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    instance = license_factories.instance(acme, now=now)
    UsageDay.objects.create(instance=instance, date=now.date(), peak_users=31)

    text = page(sign_in(mia), instance).content.decode()

    assert "The highest was 31" in text
    assert "above today's" not in text


def test_the_history_goes_back_by_pages(
    acme: BusinessAccount, mia: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    instance = license_factories.instance(acme, now=now)
    for age in range(12, 0, -1):
        ended = now - timedelta(days=age)
        license_factories.activation(
            instance, key, now=ended, deactivated_at=ended, ending="console"
        )
    browser = sign_in(mia)

    first = page(browser, instance).context["history"]
    second = page(browser, instance, f"?before={first.last.public_id}").context["history"]

    assert len(first.rows) == 10
    assert len(second.rows) == 2
    assert first.rows[0].activated_at > second.rows[-1].activated_at


def test_the_page_costs_as_many_queries_with_a_long_history(
    acme: BusinessAccount, bob: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    instance = license_factories.licensed(acme, key, now, "Farm One")
    browser, counts = sign_in(bob), []
    page(browser, instance)  # notes the visit

    for count in (1, 60):
        for age in range(count):
            day = now - timedelta(days=age)
            license_factories.activation(instance, key, now=day, deactivated_at=day, ending="moved")
            UsageDay.objects.update_or_create(
                instance=instance, date=day.date(), defaults={"peak_users": age}
            )
        with CaptureQueriesContext(connection) as queries:
            page(browser, instance)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8
