"""Which business account a purchase belongs to: pure rules over what it says (SPEC A12).

Two purchases are of the same company when their primary emails are the same in canonical form,
and their company names are the same but for case and spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.permissions import may
from licensing.permissions import LicensingPermission

_THROUGH_PEOPLE: Final = frozenset({"sales", "reseller"})


def company_key(name: str) -> str:
    """What company names are compared by."""
    return " ".join(name.split()).casefold()


def opens_account(
    *, channel: str, kind: str, upgrade_insurance_until: date | None, on: date
) -> bool:
    """True when such a purchase opens a business account by itself on that day (SPEC A12).

    Sold by sales or a reseller, whatever it is; or a permanent license whose upgrade insurance
    still runs, however it was sold.
    """
    insured = (
        kind == "permanent"
        and upgrade_insurance_until is not None
        and upgrade_insurance_until >= on
    )
    return channel in _THROUGH_PEOPLE or insured


@dataclass(frozen=True, slots=True)
class BuyerMembership:
    """An account in which somebody who has proven the primary email is active."""

    account_id: int
    account_name: str
    role: str


def home(company: str, places: Sequence[BuyerMembership]) -> int | None:
    """The account that a company's first purchase joins because its buyer is known there.

    The only one with the company's name; or, when none has it, the only one whose licenses the
    buyer may manage, and could have added this one to. None when that leaves a choice: who looks
    after several companies must not see the purchases of all of them end up in one account.
    """
    wanted = company_key(company)
    named = [place for place in places if company_key(place.account_name) == wanted]
    managed = [place for place in places if may(place.role, LicensingPermission.LICENSES_MANAGE)]
    candidates = {place.account_id for place in named or managed}
    return candidates.pop() if len(candidates) == 1 else None
