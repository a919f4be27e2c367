"""The check before an upgrade: what holds on the day, and what to see to before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, Membership, User
from licensing.activation.views.upgrade_check import Finding, findings
from licensing.licenses.models import Activation, Heartbeat, Instance, License
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def running(account: BusinessAccount, license: License, now: datetime, **facts: object) -> Instance:
    key = license_factories.primary_key(license)
    return license_factories.licensed(account, key, now, "Farm One", version="20.0", **facts)


def check(
    instance: Instance, person: User, now: datetime, *, version: str = "21", days: int = 0
) -> dict[str, Finding]:
    """The findings by kind, the last of each kind."""
    membership = Membership.objects.select_related("account", "user").get(
        account=instance.account_id, user=person
    )
    on = now.date() + days * DAY
    return {each.kind: each for each in findings(instance, version, on, membership, now)}


def test_a_subscription_is_ready(acme: BusinessAccount, bob: User, now: datetime) -> None:
    instance = running(acme, license_factories.subscription(acme, now=now), now)

    assert list(check(instance, bob, now)) == ["good"]


def test_a_subscription_that_has_ended_by_the_day(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now, ends_on=now.date() + 10 * DAY)
    instance = running(acme, license, now)

    assert "bad" not in check(instance, bob, now, days=40)  # in grace
    assert check(instance, bob, now, days=41)["bad"].button == "Add a license"


def test_upgrade_insurance_that_ended_says_when(
    acme: BusinessAccount, bob: User, mia: User, now: datetime
) -> None:
    ended = now.date().replace(year=2025, month=12, day=31)
    license = license_factories.permanent(acme, insured_until=ended, now=now, version="19")
    instance = running(acme, license, now)

    found = check(instance, bob, now)["bad"]

    assert "its upgrade insurance ended on Dec 31, 2025" in found.text
    assert check(instance, mia, now)["bad"].button == ""


def test_another_key_that_covers_it_is_named(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    old = license_factories.permanent(acme, insured_until=None, now=now, version="20")
    instance = running(acme, old, now)
    license_factories.subscription(acme, now=now, name="Subscription 2030")

    found = check(instance, bob, now)["notice"]

    assert found.title.startswith("Another key of yours covers version 21 on ")
    assert "Subscription 2030" in found.text
    assert "Covers versions up to 20" in found.text


def test_a_member_learns_who_approves(
    acme: BusinessAccount, mia: User, alice: User, now: datetime
) -> None:
    instance = running(acme, license_factories.subscription(acme, now=now), now)
    membership = Membership.objects.select_related("account", "user").get(account=acme, user=mia)

    titles = [each.title for each in findings(instance, "21", now.date(), membership, now)]

    assert any(title.endswith("can approve it") or "can approve it: " in title for title in titles)
    assert any(str(alice) in title for title in titles)


def test_silence_and_files_are_seen_to_before(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    silent = running(acme, license, now)
    Heartbeat.objects.filter(pk=silent.pk).update(last_seen_at=now - 20 * DAY)
    silent.refresh_from_db()

    assert check(silent, bob, now)["notice"].title == "It hasn't reported for a while"
    silent.activations.update(channel=Activation.Channel.OFFLINE)
    assert check(silent, bob, now)["notice"].title == "It's licensed by file"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("version=", "Enter the version you want to upgrade to."),
        ("version=new", "A version is numbers and dots"),
        ("version=٣", "A version is numbers and dots"),
        ("version=20.0", "It already runs 20.0."),
        ("version=19", "It already runs 20.0."),
        ("version=21&day=yesterday", "A date looks like"),
        ("version=21&day=2001-01-01", "Choose a day from today"),
        ("version=21&day=9999-12-31", "Choose a day from today"),
    ],
)
def test_what_cannot_be_checked_is_said_at_its_field(
    query: str, words: str, acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    instance = running(acme, license_factories.subscription(acme, now=now), now)

    response = sign_in(mia).get(f"{instance.get_absolute_url()}upgrade/?{query}")

    assert response.status_code == 200
    assert words in response.content.decode()
    assert 'id="answer"' not in response.content.decode()


def test_the_page_answers_with_few_queries_at_any_size(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    instance = running(acme, license_factories.subscription(acme, now=now), now)
    browser = sign_in(mia)

    queries(browser, instance)  # the first page of a session writes that it was there
    few = queries(browser, instance)
    for number in range(30):
        license_factories.subscription(acme, now=now, name=f"Subscription {number}")

    assert queries(browser, instance) <= few <= 10


def queries(browser: Client, instance: Instance) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        text = browser.get(f"{instance.get_absolute_url()}upgrade/?version=21").content.decode()
    assert "Ready for 21 on " in text
    return len(caught)
