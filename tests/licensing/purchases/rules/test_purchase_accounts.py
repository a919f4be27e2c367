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
    ("channel", "kind", "version", "insured_until", "opens"),
    [
        # Sold by people: a subscription, and permanent licenses for 15 or later (A9).
        ("sales", "subscription", "", None, True),
        ("reseller", "subscription", "14", None, True),
        ("sales", "permanent", "15", None, True),
        ("reseller", "permanent", "15.0.1", None, True),
        ("sales", "permanent", "21", TODAY - DAY, True),
        ("sales", "permanent", "14", None, False),
        ("reseller", "permanent", "14.9", TODAY - DAY, False),
        ("reseller", "permanent", "14.9", TODAY, True),
        # Sold online: only a permanent license whose insurance still runs (A8).
        ("online", "subscription", "21", None, False),
        ("online", "permanent", "21", None, False),
        ("online", "permanent", "14", TODAY - DAY, False),
        ("online", "permanent", "14", TODAY, True),
        ("online", "permanent", "20", TODAY + DAY, True),
    ],
)
def test_which_purchases_open_an_account(
    channel: str, kind: str, version: str, insured_until: date | None, opens: bool
) -> None:
    found = opens_account(
        product="ras",
        channel=channel,
        kind=kind,
        version=version,
        upgrade_insurance_until=insured_until,
        on=TODAY,
    )

    assert found is opens


@pytest.mark.parametrize("product", ["desktop-business", "access-business"])
@pytest.mark.parametrize("channel", ["online", "sales", "reseller"])
@pytest.mark.parametrize("kind", ["subscription", "permanent"])
def test_other_products_open_an_account_however_they_were_sold(
    product: str, channel: str, kind: str
) -> None:
    assert opens_account(
        product=product,
        channel=channel,
        kind=kind,
        version="14",
        upgrade_insurance_until=None,
        on=TODAY,
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Corp", "ACME CORP", True),
        ("Acme Corp", "  acme   corp ", True),
        ("Acme Corp", "acme\u00a0corp", True),
        ("Straße GmbH", "STRASSE gmbh", True),
        ("Café Müller", "Cafe\u0301 Mu\u0308ller", True),
        ("Ǆ ΐ", "ǆ \u0399\u0308\u0301", True),
        ("Café Müller", "Cafe Muller", False),
        ("Acme Corp", "Acme Corp.", False),
        ("Acme Corp", "AcmeCorp", False),
    ],
)
def test_companies_are_the_same_but_for_case_spaces_and_unicode_form(
    one: str, other: str, same: bool
) -> None:
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
