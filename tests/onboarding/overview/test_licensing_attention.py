"""What needs a person on the overview, of licenses and instances."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import Key
from onboarding.overview.attention import Attention
from onboarding.overview.attention.licenses import of_problems
from onboarding.overview.attention.problems import read_problems
from tests.licensing import license_factories, many_instances

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def lines(account: BusinessAccount, now: datetime) -> list[Attention]:
    return list(of_problems(account, read_problems(account, now=now), now=now))


def test_nothing_needs_anybody(acme: BusinessAccount, key: Key, now: datetime) -> None:
    license_factories.licensed(acme, key, now)

    assert lines(acme, now) == []


def test_each_end_of_a_license_is_said_with_its_consequence(
    acme: BusinessAccount, now: datetime
) -> None:
    start, today = now.date() - timedelta(days=300), now.date()
    for name, days, taken in [("Soon", 12, 0), ("Grace", -3, 0), ("Over", -40, 1)]:
        license_factories.subscription(
            acme,
            now=now,
            name=name,
            starts_on=start,
            ends_on=today + timedelta(days=days),
            seats_shared=taken,
        )

    over, grace, soon = lines(acme, now)

    assert (over.kind, grace.kind, soon.kind) == ("bad", "bad", "notice")
    assert "its seats are still in use" in over.text
    assert "Its instances stop after" in grace.text
    assert soon.text.startswith("Soon ends in 12 days, on ")
    assert "/licenses/" in soon.url


def test_instances_in_trouble_speak_for_themselves_while_they_are_few(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    license_factories.licensed(acme, key, now, "Linz", last_seen_at=now - timedelta(days=40))
    license_factories.licensed(acme, key, now, "Wien", over_since=now - timedelta(days=2, hours=1))
    license_factories.licensed(acme, key, now, "Graz", over_since=now - timedelta(days=9))

    assert [(each.kind, each.text) for each in lines(acme, now)] == [
        ("bad", "Graz is limited: it had more users than seats for over seven days."),
        ("notice", "Wien has more users than seats: day 3 of 7."),
        ("notice", "Linz last reported 5 weeks ago."),
    ]


def test_many_in_the_same_trouble_are_one_line_that_leads_to_all_of_them(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    for number in range(5):
        license_factories.licensed(
            acme, key, now, f"s{number}", last_seen_at=now - timedelta(days=40)
        )
        license_factories.licensed(acme, key, now, f"o{number}", over_since=now)

    over, silent = lines(acme, now)

    assert over.text == "With more users than seats: o0, o1, o2 and 2 more."
    assert silent.text == "Silent for 14 days or more: s0, s1, s2 and 2 more."
    assert silent.url.endswith("/instances/?state=silent")


def test_a_license_file_is_asked_for_before_it_ends(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    for name, days in (("Mill", 9), ("Mine", -2)):
        ends_at = now + timedelta(days=days, hours=1)
        license_factories.licensed(
            acme, key, now, name, channel="offline", document_ends_at=ends_at
        )

    ended, ends = lines(acme, now)

    assert (ended.kind, ended.text) == ("bad", "The license file of Mine ended 47 hours ago.")
    assert (ends.kind, ends.text) == ("notice", "The license file of Mill ends in 9 days.")


def test_more_than_can_be_looked_at_is_said_to_be_more(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    many_instances.make(acme, key, 150, now=now)

    assert [each.text for each in lines(acme, now)][-1] == "More instances need attention."
