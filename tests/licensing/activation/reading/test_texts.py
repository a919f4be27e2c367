"""Keys and licenses in half a sentence each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from licensing.activation.reading import texts
from licensing.licenses.models import Key, License
from licensing.licenses.rules.entitlement import LicenseStatus

TODAY = date(2026, 11, 24)


def license(**facts: Any) -> License:
    fields = {"kind": "subscription", "seats": 100, "starts_on": date(2026, 1, 1)} | facts
    return License(name="Subscription 2027", **fields)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"ends_on": date(2027, 2, 3)}, "until Feb 3, 2027"),
        ({"ends_on": date(2026, 11, 24)}, "until Nov 24, 2026"),
        ({"ends_on": date(2026, 11, 14)}, "in grace until Dec 14, 2026"),
        ({"kind": "permanent"}, ""),
    ],
)
def test_until_when_it_is_good(facts: dict[str, Any], text: str) -> None:
    assert texts.until(license(**facts), TODAY) == text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (LicenseStatus.SUSPENDED, "Suspended: Unpaid. Ask support."),
        (LicenseStatus.NOT_STARTED, "Starts on Jan 1, 2026."),
        (LicenseStatus.EXPIRED, "Ended on Oct 31, 2026."),
    ],
)
def test_why_it_does_not_run(state: LicenseStatus, text: str) -> None:
    assert (
        texts.not_running(license(ends_on=date(2026, 10, 31), suspension_reason="Unpaid"), state)
        == text
    )


def test_what_it_does_not_cover() -> None:
    bought = {"kind": "permanent", "version_bought": "18", "starts_on": date(2021, 1, 1)}

    bare = license(**bought)
    insured = license(**bought, upgrade_insurance_until=date(2023, 1, 31))

    assert texts.not_covered(bare) == ("Covers versions up to 18: it has no upgrade insurance.")
    assert texts.not_covered(insured) == (
        "Covers versions up to 19: its upgrade insurance ended on Jan 31, 2023."
    )


def test_a_key_counts_its_own_seats_or_those_its_license_has_left() -> None:
    shared = license(seats_reserved=25, seats_shared=3)
    reserved = Key(license=shared, code="RAS1-K7Q2D", name="Graz", reserved=25, instances_live=4)
    open_key = Key(license=shared, code="RAS1-ABCDE", name="Primary key")

    assert texts.room(reserved) == "21 of 25 seats left"
    assert texts.room(open_key) == "72 of 100 seats left"
    assert texts.name(reserved) == "Graz …K7Q2D"
