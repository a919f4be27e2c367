"""The word for a license, its meaning, and SQL that agrees with the pure rule (SPEC 4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import License
from licensing.licenses.reading.license_filter import WITH_STATUS
from licensing.licenses.reading.license_states import MEANINGS, WORDS, LicenseRow
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db
# Days before and behind each border of the rule: today, 60 days ahead, 30 days of grace.
DAYS = (-400, -32, -31, -30, -29, -2, -1, 0, 1, 2, 58, 59, 60, 61, 400)


@pytest.fixture
def every_kind(acme: BusinessAccount, now: datetime) -> list[License]:
    """Licenses that start and end on every day that matters, suspended ones too."""
    today = now.date()
    made = [
        License(
            account=acme,
            product="ras",
            kind=kind,
            name=f"{kind} {starts} {ends} {suspended}",
            seats=5,
            starts_on=today + timedelta(days=starts),
            ends_on=None if kind == "permanent" else today + timedelta(days=ends),
            suspended_at=now if suspended else None,
            suspension_reason="Unpaid" if suspended else "",
            created_at=now,
        )
        for kind in ("subscription", "permanent")
        for starts in (-500, 0, 1)
        for ends in DAYS
        for suspended in (False, True)
        if ends >= starts
    ]
    License.objects.bulk_create(made)
    return made + [_trial(acme, ends, now) for ends in DAYS]


def _trial(account: BusinessAccount, ends: int, now: datetime) -> License:
    return License.objects.create(
        account=account,
        product="ras",
        kind="trial",
        name=f"trial {ends}",
        seats=50,
        starts_on=now.date() - timedelta(days=500),
        ends_on=now.date() + timedelta(days=ends),
        trial_of=license_factories.instance(account, now=now),
        created_at=now,
    )


@pytest.mark.embedded
@pytest.mark.parametrize("status", list(LicenseStatus))
def test_sql_finds_exactly_the_licenses_with_a_status(
    status: LicenseStatus, every_kind: list[License], now: datetime
) -> None:
    today = now.date()

    found = WITH_STATUS[status.value](License.objects.all(), today)

    expected = {each.name for each in every_kind if entitlement.status(each, today) is status}
    assert {each.name for each in found} == expected
    assert expected


@pytest.mark.embedded
def test_sql_finds_exactly_the_licenses_that_run(every_kind: list[License], now: datetime) -> None:
    today = now.date()

    found = License.objects.usable(today)

    assert {each.name for each in found} == {
        each.name for each in every_kind if entitlement.status(each, today).is_usable
    }


def test_every_status_has_its_word_and_its_meaning() -> None:
    assert set(WORDS) == set(MEANINGS) == set(LicenseStatus)


@pytest.mark.parametrize(
    ("days", "word", "meaning"), [(15, "Active", "good"), (14, "Expires soon", "notice")]
)
def test_a_fresh_trial_is_simply_active(
    days: int, word: str, meaning: str, acme: BusinessAccount, now: datetime
) -> None:
    trial = license_factories.subscription(
        acme,
        kind="trial",
        trial_of=license_factories.instance(acme, now=now, name="Lab"),
        now=now,
        ends_on=now.date() + timedelta(days=days),
    )

    line = LicenseRow(trial, now.date())

    assert (line.word, line.meaning) == (word, meaning)


def test_a_bar_stays_quiet_until_nothing_is_left(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.subscription(acme, seats=10, now=now)
    license.seats_reserved = 9

    assert LicenseRow(license, now.date()).seats == "9 of 10 · 1 left"
    assert LicenseRow(license, now.date()).seats_meaning == ""

    license.seats_shared = 1

    assert LicenseRow(license, now.date()).seats == "10 of 10 · 0 left"
    assert LicenseRow(license, now.date()).seats_meaning == "notice"


def test_insurance_holds_through_its_last_day(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.permanent(acme, insured_until=now.date(), now=now)

    assert LicenseRow(license, now.date()).is_insured
    assert not LicenseRow(license, now.date() + timedelta(days=1)).is_insured
