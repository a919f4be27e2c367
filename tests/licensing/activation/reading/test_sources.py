"""Which keys fit an instance, why the others don't, and that ten cost what ten thousand cost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.activation.reading.sources import Sources, Suitability
from licensing.licenses.models import Key, License
from licensing.licenses.rules import key_codes
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


def sources(
    account: BusinessAccount, asked: ActivationRequest, now: datetime, words: str = ""
) -> Sources:
    return Sources(account=account, asked=asked, now=now, words=words)


def only_offer(
    account: BusinessAccount, asked: ActivationRequest, now: datetime
) -> tuple[Suitability, str]:
    offer, *others = sources(account, asked, now).offers
    assert not others
    return offer.fit, offer.text.replace("\u00a0", " ").partition(" · ")[2]


def test_a_running_subscription_fits(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license_factories.subscription(acme, now=now, ends_on=date(2099, 2, 3))

    assert only_offer(acme, asked, now) == (
        Suitability.FITS,
        "100 of 100 seats left · until Feb 3, 2099",
    )


def make(what: str, acme: BusinessAccount, now: datetime) -> License:
    today = now.date()
    if what == "not insured":
        return license_factories.permanent(acme, insured_until=None, version="18", now=now)
    if what == "insured too short":
        return license_factories.permanent(acme, insured_until=date(2024, 11, 11), now=now)
    terms: dict[str, dict[str, Any]] = {
        "suspended": {"suspended_at": now},
        "ended": {"ends_on": today - 31 * DAY},
        "not started": {"starts_on": today + DAY, "ends_on": today + 9 * DAY},
    }
    return license_factories.subscription(acme, now=now, **terms[what])


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("not insured", "Covers versions up to 18: it has no upgrade insurance."),
        ("insured too short", "its upgrade insurance ended on Nov 11, 2024."),
        ("suspended", "Suspended: The invoice of October is open. Ask support."),
        ("ended", "Ended on "),
        ("not started", "Starts on "),
    ],
)
def test_what_does_not_fit_says_why(
    what: str, why: str, acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    make(what, acme, now)

    fit, text = only_offer(acme, asked, now)

    assert fit is Suitability.UNFIT
    assert why in text


def test_insured_on_the_day_of_the_release_it_fits(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license_factories.permanent(acme, insured_until=date(2024, 11, 12), now=now)

    assert only_offer(acme, asked, now)[0] is Suitability.FITS


def test_a_full_key_waits_for_room_unless_the_instance_itself_holds_the_seat(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=1, now=now)
    farm = license_factories.licensed(acme, license_factories.primary_key(license), now)
    upgrade = license_factories.request(now=now, instance_id=farm.instance_id, mode="upgrade")

    assert only_offer(acme, asked, now)[0] is Suitability.FULL
    assert only_offer(acme, upgrade, now)[0] is Suitability.FITS
    assert sources(acme, upgrade, now).preferred == license_factories.primary_key(license)


def test_a_reserved_key_has_seats_of_its_own(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=2, now=now)
    reserved = license_factories.key(license, now=now, reserved=1, name="Graz")
    farm = license_factories.licensed(acme, reserved, now)
    beside = license_factories.request(now=now, instance_id=farm.instance_id)

    by_name = {each.key.name: each.fit for each in sources(acme, asked, now).offers}
    of_farm = {each.key.name: each.fit for each in sources(acme, beside, now).offers}

    assert by_name == {"Graz": Suitability.FULL, "Primary key": Suitability.FITS}
    assert of_farm == {"Graz": Suitability.FITS, "Primary key": Suitability.FITS}


def test_keys_of_other_companies_products_and_trials_are_not_offered(
    acme: BusinessAccount, globex: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license_factories.subscription(globex, now=now)
    license_factories.subscription(acme, now=now, product="access-business")
    other = license_factories.instance(acme, now=now)
    license_factories.subscription(acme, now=now, kind="trial", trial_of=other)
    revoked = license_factories.primary_key(license_factories.subscription(acme, now=now))
    revoked.revoked_at = now
    revoked.save(update_fields=["revoked_at"])

    assert sources(acme, asked, now).offers == []


def test_an_instance_goes_on_with_its_own_trial_and_gets_no_second_one(
    acme: BusinessAccount, now: datetime
) -> None:
    farm = license_factories.instance(acme, now=now)
    trial = license_factories.subscription(acme, now=now, kind="trial", trial_of=farm)
    again = license_factories.request(now=now, instance_id=farm.instance_id)

    found = sources(acme, again, now)

    assert [each.key.license for each in found.offers] == [trial]
    assert not found.has_trial
    assert found.to_cut_from().rows == []


def test_a_license_to_cut_from_is_found_behind_full_and_newer_ones(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("licensing.activation.reading.sources.CUT_FROM_SHOWN", 2)
    graz = license_factories.subscription(acme, now=now, name="Graz")
    vienna = [license_factories.subscription(acme, now=now, name="Vienna") for _ in range(2)]
    full = license_factories.subscription(acme, now=now, seats=1)
    license_factories.key(full, now=now, reserved=1)

    newest = sources(acme, asked, now).to_cut_from()
    searched = sources(acme, asked, now).to_cut_from("graz")

    assert (newest.rows, newest.has_more) == (vienna[::-1], True)
    assert (searched.rows, searched.has_more) == ([graz], False)


@pytest.mark.parametrize("words", ["graz", "Subscription of Graz", "…{}", "{}"])
def test_keys_are_found_by_name_license_and_last_five(
    words: str, acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license_factories.subscription(acme, now=now, name="Vienna")
    wanted = license_factories.key(
        license_factories.subscription(acme, now=now, name="Subscription of Graz"),
        now=now,
        reserved=1,
    )

    found = sources(acme, asked, now, words.format(wanted.last_five.lower())).offers

    assert wanted in [each.key for each in found]
    assert all(each.key.license.name != "Vienna" for each in found)


def many_keys(account: BusinessAccount, count: int, now: datetime) -> list[Key]:
    license = license_factories.subscription(account, seats=2 * count, now=now)
    return Key.objects.bulk_create(
        Key(
            license=license,
            code=key_codes.new_code(),
            name=f"Key {number}",
            created_at=now,
        )
        for number in range(count)
    )


def test_pages_follow_each_other_without_gap_or_repetition(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    made = many_keys(acme, 60, now)
    seen: list[Key] = []
    page = sources(acme, asked, now)
    while True:
        seen += [each.key for each in page.offers]
        if not page.page.has_more:
            break
        last = page.page.last.public_id
        page = Sources(account=acme, asked=asked, now=now, after=last)

    assert len(seen) == len(set(seen)) == 61
    assert set(made) < set(seen)


def test_a_thousand_keys_cost_the_queries_of_ten(
    acme: BusinessAccount, bob: User, asked: ActivationRequest, sign_in: SignIn, now: datetime
) -> None:
    browser = enter(sign_in(bob), asked)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert read(browser, "license", asked, acme).status_code == 200
        return len(queries)

    many_keys(acme, 10, now)
    count()
    few = count()
    many_keys(acme, 1000, now)

    assert count() <= few <= 12
