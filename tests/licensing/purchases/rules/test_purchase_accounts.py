"""Which account a purchase belongs to, as tables (SPEC A8-A12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from licensing.purchases.rules.purchase_accounts import (
    BuyerMembership,
    company_key,
    home,
    opens_account,
)

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("channel", "kind", "insured_until", "opens"),
    [
        # Sold by people: always (A9).
        ("sales", "subscription", None, True),
        ("reseller", "subscription", None, True),
        ("sales", "permanent", None, True),
        ("reseller", "permanent", None, True),
        ("sales", "permanent", TODAY - DAY, True),
        # Sold online: only a permanent license whose insurance still runs (A8).
        ("online", "subscription", None, False),
        ("online", "permanent", None, False),
        ("online", "permanent", TODAY - DAY, False),
        ("online", "permanent", TODAY, True),
        ("online", "permanent", TODAY + DAY, True),
    ],
)
def test_which_purchases_open_an_account(
    channel: str, kind: str, insured_until: date | None, opens: bool
) -> None:
    found = opens_account(
        channel=channel, kind=kind, upgrade_insurance_until=insured_until, on=TODAY
    )

    assert found is opens


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Corp", "ACME CORP", True),
        ("Acme Corp", "  acme   corp ", True),
        ("Acme Corp", "acme\u00a0corp", True),
        ("Straße GmbH", "STRASSE gmbh", True),
        ("Acme Corp", "Acme Corp.", False),
        ("Acme Corp", "AcmeCorp", False),
    ],
)
def test_companies_are_the_same_but_for_case_and_spaces(one: str, other: str, same: bool) -> None:
    assert (company_key(one) == company_key(other)) is same


ACME = BuyerMembership(1, "Acme Corp", Role.ADMINISTRATOR)
GLOBEX = BuyerMembership(2, "Globex", Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("company", "places", "account"),
    [
        # Nobody has proven the address.
        ("Acme Corp", [], None),
        # Known in the account of that name, whatever the role.
        ("ACME corp", [ACME], 1),
        ("Acme Corp", [BuyerMembership(1, "Acme Corp", Role.MEMBER)], 1),
        ("Acme Corp", [GLOBEX, BuyerMembership(1, "Acme Corp", Role.MEMBER)], 1),
        # None has that name: the only one where the buyer could add the license.
        ("Acme Holding", [ACME], 1),
        ("Acme Holding", [BuyerMembership(1, "Acme Corp", Role.LICENSE_MANAGER)], 1),
        ("Acme Holding", [ACME, BuyerMembership(2, "Globex", Role.MEMBER)], 1),
        # A member's purchase isn't shown to a company of another name.
        ("Winter GmbH", [BuyerMembership(1, "Acme Corp", Role.MEMBER)], None),
        # A choice is left: nobody guesses.
        ("Acme Holding", [ACME, GLOBEX], None),
        ("Acme Corp", [ACME, BuyerMembership(3, "Acme Corp", Role.ADMINISTRATOR)], None),
    ],
)
def test_where_a_known_buyers_company_is_at_home(
    company: str, places: list[BuyerMembership], account: int | None
) -> None:
    assert home(company, places) == account
