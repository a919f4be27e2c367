"""What a person should know about an instance, and what to do next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.directory.models import BusinessAccount
from licensing.fleet.reading.instance_notices import day_of_overuse, notices
from licensing.licenses.models import Activation, Instance, Key
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now, seats=25))


def told(instance: Instance, now: datetime) -> list[tuple[str, str, str]]:
    """Kind, text and button of each notice."""
    live = Activation.objects.live().filter(instance=instance).first()
    found = notices(instance, live, now)
    return [(notice.kind, notice.text, notice.button) for notice in found]


def alone(instance: Instance, now: datetime) -> tuple[str, str, str]:
    (notice,) = told(instance, now)
    return notice


def test_all_is_well(acme: BusinessAccount, key: Key, now: datetime) -> None:
    assert told(license_factories.licensed(acme, key, now), now) == []


@pytest.mark.parametrize(
    ("hours", "day"), [(0, 1), (23, 1), (24, 2), (6 * 24, 7), (7 * 24, 7), (30 * 24, 7)]
)
def test_the_days_of_overuse_are_counted_from_one_to_seven(
    hours: int, day: int, now: datetime
) -> None:
    assert day_of_overuse(now - timedelta(hours=hours), now) == day


def test_the_clock_of_overuse_says_its_day_and_what_to_do(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    since = now - timedelta(days=2, hours=1)
    instance = license_factories.licensed(acme, key, now, over_since=since, peak_users=31)

    kind, text, button = alone(instance, now)

    assert kind == "notice"
    assert text.startswith("Day 3 of 7: 31 concurrent users were reported, more than its 25 seats.")
    assert button == "Move to another key"


def test_seats_that_others_fill_are_not_blamed_on_this_instance(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    instance = license_factories.licensed(acme, key, now, over_since=now, peak_users=20)

    _kind, text, _button = alone(instance, now)

    assert "report more users together than its 25 seats" in text
    assert "20 users" not in text


def test_limited_is_bad(acme: BusinessAccount, key: Key, now: datetime) -> None:
    since = now - timedelta(days=8)
    instance = license_factories.licensed(acme, key, now, over_since=since, peak_users=31)

    kind, text, _button = alone(instance, now)

    assert kind == "bad"
    assert "sign-ins are limited" in text


@pytest.mark.parametrize(
    ("facts", "kind", "said", "button"),
    [
        ({"days": 12}, "notice", "ends on", "Move to another key"),
        ({"days": -1}, "bad", "Its instances stop after", "Move to another key"),
        ({"days": -31}, "bad", "get no new license document", "Move to another key"),
        ({"days": 100, "suspended": True}, "bad", "is suspended", "Ask support"),
    ],
)
def test_a_license_that_does_not_simply_run_is_explained(
    facts: dict[str, Any], kind: str, said: str, button: str, acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(
        acme,
        now=now,
        ends_on=now.date() + timedelta(days=facts["days"]),
        suspended_at=now if facts.get("suspended") else None,
    )
    instance = license_factories.licensed(acme, license_factories.primary_key(license), now)

    found = alone(instance, now)

    assert found[0] == kind
    assert said in found[1]
    assert found[2] == button


def test_a_subscription_that_renews_by_itself_needs_nobody(
    acme: BusinessAccount, now: datetime
) -> None:
    soon = now.date() + timedelta(days=12)
    license = license_factories.subscription(acme, now=now, ends_on=soon, auto_renew=True)

    assert (
        told(license_factories.licensed(acme, license_factories.primary_key(license), now), now)
        == []
    )


@pytest.mark.parametrize(("days", "said"), [(15, []), (14, ["notice"])])
def test_that_a_fresh_trial_ends_is_no_news(
    days: int, said: list[str], acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(
        acme,
        kind="trial",
        trial_of=license_factories.instance(acme, now=now, name="Lab"),
        now=now,
        ends_on=now.date() + timedelta(days=days),
    )
    instance = license_factories.licensed(acme, license_factories.primary_key(license), now)

    assert [notice[0] for notice in told(instance, now)] == said


def test_a_version_that_is_not_covered_is_said(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.permanent(acme, insured_until=None, now=now, version="19")
    instance = license_factories.licensed(
        acme, license_factories.primary_key(license), now, version="21.0"
    )

    kind, text, _button = alone(instance, now)

    assert kind == "bad"
    assert text == "Permanent 2023 covers versions up to 19. This one runs 21.0."


def test_silence_of_what_reports_is_said_and_of_what_cannot_report_is_not(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    long_ago = now - timedelta(days=41)
    silent = license_factories.licensed(
        acme, key, now, "a", last_seen_at=long_ago, document_ends_at=now - timedelta(days=11)
    )
    offline = license_factories.licensed(
        acme, key, now, "b", last_seen_at=long_ago, channel="offline"
    )

    _kind, text, button = alone(silent, now)
    assert "needs a check-in to run again" in text
    assert button == "Declare lost"
    assert told(offline, now) == []


@pytest.mark.parametrize(("days", "kind"), [(31, None), (29, "notice"), (0, "bad")])
def test_a_license_file_asks_for_its_successor_in_time(
    days: int, kind: str | None, acme: BusinessAccount, key: Key, now: datetime
) -> None:
    instance = license_factories.licensed(
        acme, key, now, channel="offline", document_ends_at=now + timedelta(days=days)
    )

    assert [notice[0] for notice in told(instance, now)] == ([kind] if kind else [])


def test_an_approval_that_waits_says_until_when(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    instance = license_factories.licensed(acme, key, now, collected_at=None)
    license_factories.request(
        now=now,
        status="approved",
        answered_at=now,
        activation=instance.activations.get(),
    )

    kind, text, button = alone(instance, now)

    assert (kind, button) == ("notice", "")
    assert "If it isn't picked up by" in text


def test_the_last_document_of_a_deactivated_instance_may_still_run(
    acme: BusinessAccount, now: datetime
) -> None:
    instance = license_factories.instance(acme, now=now, document_ends_at=now + timedelta(days=9))

    assert "it may run until" in alone(instance, now)[1]
    assert told(instance, now + timedelta(days=9)) == []


def test_a_lost_instance_learns_nothing_any_more(acme: BusinessAccount, now: datetime) -> None:
    instance = license_factories.instance(
        acme, now=now, lost_at=now, document_ends_at=now + timedelta(days=9)
    )

    kind, text, _button = alone(instance, now)

    assert kind == "quiet"
    assert "it won't get a license from here" in text


def test_the_worst_comes_first(acme: BusinessAccount, key: Key, now: datetime) -> None:
    instance = license_factories.licensed(
        acme, key, now, over_since=now, last_seen_at=now - timedelta(days=20), version="20.0"
    )
    type(key.license).objects.filter(pk=key.license.pk).update(
        ends_on=now.date() - timedelta(days=1)
    )

    assert [notice[0] for notice in told(instance, now)] == ["bad", "notice", "notice"]
