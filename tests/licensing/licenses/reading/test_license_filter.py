"""What narrows the list of licenses: words, keys, product, kind, status; nonsense is left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Final

import pytest
from django.http import QueryDict

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import License
from licensing.licenses.reading.license_filter import LicenseFilter
from licensing.licenses.reading.license_states import WORDS, LicenseRow
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus
from tests.licensing import license_factories

# Days until the end: each turn of a status, with the day before and the day after.
_AROUND_THE_BOUNDARIES: Final = (-32, -31, -30, -29, -2, -1, 0, 1, 13, 14, 15, 59, 60, 61)


def found(query: str, now: datetime) -> set[str]:
    chosen = LicenseFilter.read(QueryDict(query))
    return {each.name for each in chosen.narrow(License.objects.all(), now.date())}


def test_the_filter_survives_the_way_through_an_address() -> None:
    given = "q=Graz+%26+Linz&product=ras&kind=trial&status=in_grace"

    assert LicenseFilter.read(QueryDict(given)).query == given


@pytest.mark.parametrize(
    "query", ["", "q=+++", "product=tank", "kind='", "status=running", "page=7&status="]
)
def test_what_is_not_known_narrows_nothing(query: str) -> None:
    assert LicenseFilter.read(QueryDict(query)) == LicenseFilter()


def test_words_are_cut_at_100_characters() -> None:
    assert len(LicenseFilter.read(QueryDict("q=" + "x" * 500)).q) == 100


@pytest.mark.django_db
@pytest.mark.embedded
def test_each_filter_keeps_what_it_names(acme: BusinessAccount, now: datetime) -> None:
    license_factories.subscription(acme, now=now, name="Graz")
    license_factories.subscription(
        acme, now=now, name="Linz", ends_on=now.date() + timedelta(days=5)
    )
    license_factories.subscription(acme, now=now, name="Drawing", product="desktop-business")
    license_factories.permanent(acme, insured_until=None, now=now)

    assert found("", now) == {"Graz", "Linz", "Drawing", "Permanent 2023"}
    assert found("q=GRA", now) == {"Graz"}
    assert found("kind=permanent", now) == {"Permanent 2023"}
    assert found("product=desktop-business", now) == {"Drawing"}
    assert found("status=expires_soon", now) == {"Linz"}
    assert found("status=active&product=ras&q=z", now) == {"Graz"}
    assert found("q=%25", now) == set()


@pytest.mark.django_db
@pytest.mark.embedded
def test_every_license_is_found_by_the_filter_of_its_status_and_by_no_other(
    acme: BusinessAccount, now: datetime
) -> None:
    today, day = now.date(), timedelta(days=1)
    instance = license_factories.instance(acme, now=now)
    for kind, suspended, begins, ends in product(
        License.Kind, (None, now), (-400, -1, 0, 1, 20), (None, *_AROUND_THE_BOUNDARIES)
    ):
        is_permanent = kind == License.Kind.PERMANENT
        if is_permanent is not (ends is None) or (ends is not None and ends < begins):
            continue
        License.objects.create(
            product="ras",
            kind=kind,
            name=f"{kind} {suspended is not None} {begins} {ends}",
            seats=1,
            starts_on=today + begins * day,
            ends_on=None if ends is None else today + ends * day,
            suspended_at=suspended,
            suspension_reason="Unpaid" if suspended else "",
            trial_of=instance if kind == License.Kind.TRIAL else None,
            created_at=now,
        )

    by_rule: dict[str, set[str]] = {status.value: set() for status in LicenseStatus}
    for license in License.objects.all():
        by_rule[entitlement.status(license, today).value].add(license.name)
        row = LicenseRow(license, today)
        assert row.word == WORDS[row.status], "the list says what the filter means"

    assert {status: found(f"status={status}", now) for status in by_rule} == by_rule
    assert all(by_rule.values()), "each status has its licenses here"


@pytest.mark.django_db
@pytest.mark.embedded
def test_a_key_finds_its_license_whole_or_by_its_last_five(
    acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now, name="Graz")
    license_factories.subscription(acme, now=now, name="Linz")
    cut = license_factories.key(license, now=now, reserved=5, name="Site")
    sloppy = cut.code.lower().replace("-", " ")

    assert found(f"q={cut.code}", now) == {"Graz"}
    assert found(f"q={sloppy}", now) == {"Graz"}
    assert found(f"q={cut.last_five.lower()}", now) == {"Graz"}
    assert found(f"q=…{cut.last_five}", now) == {"Graz"}
    assert found(f"q={cut.code[:-6]}", now) == set()


@pytest.mark.django_db
def test_a_key_of_an_older_version_finds_its_license(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.subscription(acme, now=now, name="Graz")
    license.keys.update(code="PA-2X-1234-5678")

    assert found("q=pa-2x-1234-5678", now) == {"Graz"}
