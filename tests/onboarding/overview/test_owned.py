"""What an account owns and runs, as its overview reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.web import paging
from licensing.licenses.models import Key, Product
from licensing.licenses.reading.instance_states import InstanceState
from onboarding.overview.reading import owned
from onboarding.overview.reading.owned import Holdings, read_holdings
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def read(account: BusinessAccount, now: datetime, *, manages: bool = True) -> Holdings:
    return read_holdings(account, manages=manages, now=now)


def in_days(now: datetime, days: int) -> date:
    return now.date() + timedelta(days=days)


def test_running_licenses_are_taken_together_by_product(
    acme: BusinessAccount, globex: BusinessAccount, key: Key, now: datetime
) -> None:
    license_factories.key(key.license, now=now, reserved=25)
    license_factories.licensed(acme, key, now)
    license_factories.subscription(acme, now=now, seats=50, ends_on=in_days(now, 12))
    license_factories.subscription(acme, now=now, seats=7, ends_on=in_days(now, -31))
    license_factories.subscription(acme, now=now, seats=40, product=Product.DESKTOP_BUSINESS)
    license_factories.subscription(globex, now=now)

    ras, desktop = read(acme, now).owned

    assert (ras.product, ras.licenses, ras.seats, ras.taken) == (Product.RAS, 2, 150, 26)
    assert ras.next_end == in_days(now, 12)
    assert (desktop.product, desktop.seats) == (Product.DESKTOP_BUSINESS, 40)
    assert (ras.is_activated_here, desktop.is_activated_here) == (True, False)


@pytest.mark.parametrize(
    ("days", "facts", "needs_a_person"),
    [
        (59, {}, True),
        (60, {}, False),  # still active
        (61, {}, False),
        (12, {"auto_renew": True}, False),
        (-12, {"auto_renew": True}, True),
        (-30, {}, True),
        (-31, {}, False),
        (-31, {"seats_shared": 1}, True),
        (-31, {"seats_reserved": 1}, True),
        (-90, {"seats_shared": 1}, True),
        (-91, {"seats_shared": 1}, False),
        (12, {"suspended": True}, True),
        (300, {"suspended": True}, True),
    ],
)
def test_which_ends_of_licenses_need_a_person(
    days: int, facts: dict[str, Any], needs_a_person: bool, acme: BusinessAccount, now: datetime
) -> None:
    facts = dict(facts)
    if facts.pop("suspended", False):
        facts["suspended_at"] = now
    license = license_factories.subscription(
        acme, now=now, starts_on=in_days(now, -200), ends_on=in_days(now, days), **facts
    )

    assert read(acme, now).ending == ([license] if needs_a_person else [])


@pytest.mark.parametrize(
    ("days", "taken", "needs_a_person"),
    [(15, 1, False), (14, 1, True), (-1, 1, True), (-1, 0, False)],
)
def test_a_trial_needs_a_person_in_its_last_two_weeks_and_while_something_hangs_on_it(
    days: int, taken: int, needs_a_person: bool, acme: BusinessAccount, now: datetime
) -> None:
    trial = license_factories.subscription(
        acme,
        now=now,
        kind="trial",
        trial_of=license_factories.instance(acme, now=now),
        ends_on=in_days(now, days),
        seats_shared=taken,
    )

    assert read(acme, now).ending == ([trial] if needs_a_person else [])


def test_instances_in_trouble_are_found_the_longest_over_first(
    acme: BusinessAccount, globex: BusinessAccount, key: Key, now: datetime
) -> None:
    long_ago = now - timedelta(days=15)
    soon = now + timedelta(days=13)
    offline = {"channel": "offline", "last_seen_at": long_ago}
    license_factories.licensed(acme, key, now, "fine")
    license_factories.licensed(acme, key, now, "silent", last_seen_at=long_ago)
    license_factories.licensed(acme, key, now, "over", over_since=now)
    license_factories.licensed(acme, key, now, "longer over", over_since=now - timedelta(days=3))
    license_factories.licensed(acme, key, now, "waiting", collected_at=None, last_seen_at=long_ago)
    license_factories.licensed(acme, key, now, "file", document_ends_at=soon, **offline)
    license_factories.licensed(
        acme, key, now, "fresh file", document_ends_at=now + timedelta(days=15), **offline
    )
    license_factories.instance(acme, now=now, name="deactivated", last_seen_at=long_ago)
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))
    license_factories.licensed(globex, theirs, now, "theirs", last_seen_at=long_ago)

    troubled = [each.instance.name for each in read(acme, now).troubled]

    assert troubled[:2] == ["longer over", "over"]
    assert set(troubled[2:]) == {"silent", "file"}


def test_requests_that_were_handed_over_wait_for_those_who_may_answer(
    acme: BusinessAccount, mia: User, now: datetime
) -> None:
    asked = license_factories.request(account=acme, claimed_by=mia, handed_over_at=now, now=now)
    license_factories.request(account=acme, claimed_by=mia, now=now)
    license_factories.request(
        account=acme, claimed_by=mia, handed_over_at=now, now=now, expires_at=now
    )

    assert read(acme, now).asked == [asked]
    assert read(acme, now, manages=False).asked == []


def test_the_five_instances_last_heard_of_are_shown_with_their_state(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    for age in range(7):
        license_factories.licensed(
            acme, key, now, f"farm {age}", last_seen_at=now - timedelta(days=age * 4)
        )
    license_factories.instance(acme, now=now, name="deactivated")

    seen = read(acme, now).seen

    assert [each.activation.instance.name for each in seen] == [f"farm {age}" for age in range(5)]
    assert [each.state for each in seen] == [InstanceState.LICENSED] * 4 + [InstanceState.SILENT]


def test_of_very_many_licenses_the_overview_says_only_that(
    acme: BusinessAccount,
    alice: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: SignIn,
) -> None:
    for module in (owned, paging):
        monkeypatch.setattr(module, "MAX_COUNTED", 2)
    for _number in range(3):
        license_factories.subscription(acme, now=now, seats=7)
    license_factories.subscription(acme, now=now, seats=40, product=Product.DESKTOP_BUSINESS)

    ras, desktop = read(acme, now).owned

    assert (ras.is_too_much, ras.counted) == (True, "2+")
    assert (desktop.is_too_much, desktop.licenses, desktop.seats) == (False, 1, 40)
    text = sign_in(alice).get(f"/b/{acme.slug}/").content.decode()
    assert "2+ licenses" in text
    assert "The list of all licenses says how many seats are taken" in text
    assert "21 seats" not in text


def test_of_many_licenses_that_end_the_suspended_ones_and_the_next_ends_come_first(
    acme: BusinessAccount, now: datetime
) -> None:
    for days in (50, 40, 30, 20, 10, 5, -5):
        license_factories.subscription(
            acme, now=now, name=str(days), starts_on=in_days(now, -200), ends_on=in_days(now, days)
        )
    license_factories.subscription(acme, now=now, name="suspended", suspended_at=now)

    names = [license.name for license in read(acme, now).ending]

    assert names == ["suspended", "-5", "5", "10", "20", "30"]
