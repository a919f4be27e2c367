"""SPEC 4.2 as tables: what a license grants on each day that decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus

START = date(2026, 1, 1)
END = date(2026, 12, 31)
SOON = timedelta(days=60)
GRACE = timedelta(days=30)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    kind: str = "subscription"
    starts_on: date = START
    ends_on: date | None = END
    upgrade_insurance_until: date | None = None
    version_bought: str = ""
    suspended_at: datetime | None = None


SUBSCRIPTION = Terms()
TRIAL = Terms(kind="trial", ends_on=START + timedelta(days=30))
PERMANENT = Terms(kind="permanent", ends_on=None, version_bought="19.3")
UNTIL_V20 = date(2024, 11, 12)  # the day on which version 20 came out


def insured(until: date, bought: str = "19") -> Terms:
    return Terms(
        kind="permanent",
        starts_on=date(2023, 1, 15),
        ends_on=None,
        version_bought=bought,
        upgrade_insurance_until=until,
    )


@pytest.mark.parametrize(
    ("terms", "on", "status"),
    [
        (SUBSCRIPTION, START - DAY, LicenseStatus.NOT_STARTED),
        (SUBSCRIPTION, START, LicenseStatus.ACTIVE),
        (SUBSCRIPTION, END - SOON, LicenseStatus.ACTIVE),
        (SUBSCRIPTION, END - SOON + DAY, LicenseStatus.EXPIRES_SOON),
        (SUBSCRIPTION, END, LicenseStatus.EXPIRES_SOON),
        (SUBSCRIPTION, END + DAY, LicenseStatus.IN_GRACE),
        (SUBSCRIPTION, END + GRACE, LicenseStatus.IN_GRACE),
        (SUBSCRIPTION, END + GRACE + DAY, LicenseStatus.EXPIRED),
        (TRIAL, START - DAY, LicenseStatus.NOT_STARTED),
        (TRIAL, START, LicenseStatus.ACTIVE),
        (TRIAL, START + timedelta(days=15), LicenseStatus.ACTIVE),
        (TRIAL, START + timedelta(days=16), LicenseStatus.EXPIRES_SOON),
        (TRIAL, START + timedelta(days=30), LicenseStatus.EXPIRES_SOON),
        (TRIAL, START + timedelta(days=31), LicenseStatus.EXPIRED),
        (PERMANENT, START - DAY, LicenseStatus.NOT_STARTED),
        (PERMANENT, START, LicenseStatus.ACTIVE),
        (PERMANENT, date(2099, 12, 31), LicenseStatus.ACTIVE),
    ],
)
def test_status_turns_on_its_day(terms: Terms, on: date, status: LicenseStatus) -> None:
    assert entitlement.status(terms, on) is status


@pytest.mark.parametrize("kind", ["subscription", "trial", "permanent"])
@pytest.mark.parametrize("on", [START - DAY, START, END, END + DAY, END + GRACE + DAY])
def test_a_suspended_license_is_suspended_whatever_the_day(kind: str, on: date) -> None:
    terms = Terms(kind=kind, suspended_at=datetime(2026, 6, 1, tzinfo=UTC))

    assert entitlement.status(terms, on) is LicenseStatus.SUSPENDED


def test_instances_run_while_a_license_is_active_ends_soon_or_is_in_grace() -> None:
    usable = {status for status in LicenseStatus if status.is_usable}

    assert usable == {LicenseStatus.ACTIVE, LicenseStatus.EXPIRES_SOON, LicenseStatus.IN_GRACE}


@pytest.mark.parametrize("terms", [SUBSCRIPTION, TRIAL])
def test_the_last_day_is_the_last_on_which_it_is_usable(terms: Terms) -> None:
    last = entitlement.last_day(terms)

    assert last is not None
    assert entitlement.status(terms, last).is_usable
    assert not entitlement.status(terms, last + DAY).is_usable


def test_a_permanent_license_has_no_last_day() -> None:
    assert entitlement.last_day(PERMANENT) is None


@given(on=st.dates(START - timedelta(days=400), END + timedelta(days=400)))
def test_no_day_brings_an_ended_license_back(on: date) -> None:
    if entitlement.status(SUBSCRIPTION, on) is LicenseStatus.EXPIRED:
        assert entitlement.status(SUBSCRIPTION, on + DAY) is LicenseStatus.EXPIRED


@pytest.mark.parametrize(
    ("terms", "version", "on", "covered"),
    [
        # A subscription covers whatever comes out.
        (SUBSCRIPTION, "14.0", START, True),
        (SUBSCRIPTION, "21.3.2", START, True),
        (SUBSCRIPTION, "99", START, True),
        (TRIAL, "99", START, True),
        (SUBSCRIPTION, "twenty", START, False),
        (SUBSCRIPTION, "", START, False),
        # A permanent one without insurance: the version bought, with its minor ones.
        (PERMANENT, "18.2", START, True),
        (PERMANENT, "19", START, True),
        (PERMANENT, "19.99.1.4", START, True),
        (PERMANENT, "20.0", START, False),
        (PERMANENT, "99", START, False),
        # Insured: what came out until the insurance ended, for ever.
        (insured(UNTIL_V20 - DAY), "20.0", START, False),
        (insured(UNTIL_V20), "20.0", START, True),
        (insured(UNTIL_V20), "20.0", date(2040, 1, 1), True),
        (insured(UNTIL_V20), "21.0", START, False),
        # Insurance that ended before the version bought came out takes nothing away.
        (insured(date(2020, 1, 1)), "19.4", START, True),
        # A version that our list doesn't know yet came out today at the latest.
        (insured(END), "22.0", END, True),
        (insured(END), "22.0", END + DAY, False),
        (insured(END), "x22", END, False),
    ],
)
def test_versions_are_covered_by_kind_purchase_and_insurance(
    terms: Terms, version: str, on: date, covered: bool
) -> None:
    assert entitlement.covers(terms, version, on) is covered


@pytest.mark.parametrize(
    ("terms", "highest"),
    [
        (SUBSCRIPTION, None),
        (TRIAL, None),
        (PERMANENT, 19),
        (insured(UNTIL_V20 - DAY), 19),
        (insured(UNTIL_V20), 20),
        (insured(UNTIL_V20, bought="21"), 21),
        # Bought when nobody wrote the version down: what was out on that day.
        (insured(date(2023, 6, 1), bought=""), 19),
        (Terms(kind="permanent", ends_on=None, starts_on=date(2021, 1, 1)), 18),
        (Terms(kind="permanent", ends_on=None, starts_on=date(2010, 1, 1)), 0),
    ],
)
def test_the_newest_version_is_the_one_bought_or_the_last_one_insured(
    terms: Terms, highest: int | None
) -> None:
    assert entitlement.max_version(terms) == highest


@pytest.mark.parametrize(
    ("terms", "version", "on", "named"),
    [
        (SUBSCRIPTION, "22.1", START, None),
        (insured(UNTIL_V20), "19.1", START, 20),
        (insured(UNTIL_V20), "21.0", START, 20),
        (insured(END), "22.1", END, 22),
        (insured(END), "22.1", END + DAY, 21),
    ],
)
def test_a_document_names_no_lower_version_than_the_one_it_lets_run(
    terms: Terms, version: str, on: date, named: int | None
) -> None:
    assert entitlement.granted_version(terms, version, on) == named


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "channel", "now", "ends"),
    [
        (SUBSCRIPTION, "online", at(START, 9), at(START, 9) + timedelta(days=30)),
        (SUBSCRIPTION, "unattended", at(START, 9), at(START, 9) + timedelta(days=30)),
        (SUBSCRIPTION, "offline", at(START, 9), at(START, 9) + timedelta(days=90)),
        # Sooner at the end: the last moment of the last day of grace, in UTC.
        (SUBSCRIPTION, "online", at(END, 9), at(END, 9) + timedelta(days=30)),
        (SUBSCRIPTION, "online", at(END + DAY, 9), at(END + GRACE + DAY)),
        (SUBSCRIPTION, "offline", at(END - GRACE), at(END + GRACE + DAY)),
        (TRIAL, "online", at(START, 9), at(START + timedelta(days=30), 9)),
        (TRIAL, "online", at(START + DAY, 9), at(START + timedelta(days=31))),
        (TRIAL, "offline", at(START, 9), at(START + timedelta(days=31))),
        (PERMANENT, "online", at(END, 9), at(END, 9) + timedelta(days=30)),
        (PERMANENT, "offline", at(END, 9), at(END, 9) + timedelta(days=90)),
    ],
)
def test_a_document_ends_after_its_days_or_with_the_license(
    terms: Terms, channel: str, now: datetime, ends: datetime
) -> None:
    assert entitlement.document_ends_at(terms, channel=channel, now=now) == ends


@given(
    day=st.dates(START, END + GRACE),
    hour=st.integers(0, 23),
    channel=st.sampled_from(sorted(entitlement.DOCUMENT_DAYS)),
    terms=st.sampled_from([SUBSCRIPTION, TRIAL]),
)
def test_no_document_outlives_its_license(day: date, hour: int, channel: str, terms: Terms) -> None:
    assume(entitlement.status(terms, day).is_usable)
    now = at(day, hour)

    ends = entitlement.document_ends_at(terms, channel=channel, now=now)

    assert now < ends
    assert entitlement.status(terms, (ends - timedelta(microseconds=1)).date()).is_usable


@pytest.mark.parametrize(
    ("over_for", "limited"),
    [
        (None, False),
        (timedelta(), False),
        (timedelta(days=7), False),
        (timedelta(days=7, microseconds=1), True),
        (timedelta(days=30), True),
    ],
)
def test_seven_days_of_overuse_are_allowed(over_for: timedelta | None, limited: bool) -> None:
    now = at(START, 9)
    over_since = None if over_for is None else now - over_for

    assert entitlement.is_limited(over_since, now) is limited
