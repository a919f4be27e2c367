"""What narrows the list of licenses: words, keys, product, kind, status; nonsense is left out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import License
from licensing.licenses.reading.license_filter import LicenseFilter
from tests.licensing import license_factories


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
