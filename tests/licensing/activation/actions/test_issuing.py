"""The latest document comes again byte for byte, though only its number and dates are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.directory.models import BusinessAccount
from licensing.activation.actions import activations, issuing
from licensing.activation.errors import NotLicensed
from licensing.documents import documents, signing_keys
from licensing.documents.models import WithdrawnKey
from licensing.licenses.models import Activation, Instance, License
from tests.licensing import forged_documents, license_factories
from tests.licensing.reporting_instances import activation_of, farm_of, report

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Settings, now: datetime) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(signing_keys.first_key_set(now=now))
    settings.PORTAL_LICENSE_KEY_FILE = path
    return path


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=50, now=now)


@pytest.fixture
def farm(license: License, now: datetime) -> Instance:
    return farm_of(license, now=now)


def test_a_document_that_says_nothing_new_is_made_again_from_the_one_before(
    farm: Instance, now: datetime
) -> None:
    first = report(farm, {now: 3}, now=now).document
    third = [report(farm, {now: 3}, now=now + n * DAY).document for n in (1, 2)][-1]

    again = issuing.current(activation_of(farm), now=now + 3 * DAY)

    farm.refresh_from_db()
    assert again == third
    assert farm.document == first, "only the first was written"
    assert forged_documents.claims(third)["seq"] == 3
    assert documents.read_license(third, now=now + 3 * DAY)


def test_a_document_that_says_something_new_is_written(
    farm: Instance, license: License, now: datetime
) -> None:
    report(farm, {now: 3}, now=now)
    License.objects.filter(pk=license.pk).update(seats=60)

    second = report(farm, {now: 3}, now=now + DAY).document

    farm.refresh_from_db()
    assert farm.document == second
    assert issuing.current(activation_of(farm), now=now + DAY) == second


@pytest.mark.parametrize("why", ["rotated away", "withdrawn"])
def test_without_its_key_a_fresh_one_of_the_same_term_takes_its_place(
    why: str, farm: Instance, license: License, key_file: Path, now: datetime
) -> None:
    report(farm, {now: 3}, now=now)
    before = report(farm, {now: 3}, now=now + DAY).document
    text, _gone = signing_keys.replaced(key_file.read_text(), now=now)
    key_file.write_text(text)
    if why == "withdrawn":
        kid = documents.kid_of(before)
        WithdrawnKey.objects.create(kid=kid, withdrawn_at=now)
    License.objects.filter(pk=license.pk).update(ends_on=now.date() - 31 * DAY)

    fresh = issuing.current(activation_of(farm), now=now + 2 * DAY)
    checked_in = report(farm, {now: 3}, now=now + 2 * DAY).document

    old, new = forged_documents.claims(before), forged_documents.claims(fresh)
    assert documents.kid_of(fresh) != documents.kid_of(before)
    assert (new["exp"], new["seq"]) == (old["exp"], old["seq"] + 1)
    assert documents.read_license(fresh, now=now + 2 * DAY)
    assert checked_in == fresh


def test_nothing_is_signed_for_an_activation_that_is_over(farm: Instance, now: datetime) -> None:
    report(farm, {now: 3}, now=now)
    activation = activation_of(farm)
    WithdrawnKey.objects.create(kid=documents.signing_key(now=now).kid, withdrawn_at=now)
    activations.end_live(farm, Activation.Ending.PORTAL, now=now)

    with pytest.raises(NotLicensed):
        issuing.current(activation, now=now)
