"""Which business account a purchase belongs to: pure rules over what it says (SPEC A12).

Two purchases are of the same company when their primary emails are the same in canonical form,
and their company names are the same but for case, spaces and Unicode form.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.permissions import may
from licensing.licenses.rules import releases
from licensing.permissions import LicensingPermission

_THROUGH_PEOPLE: Final = frozenset({"sales", "reseller"})
_COME_WITH_AN_ACCOUNT: Final = frozenset({"desktop-business", "access-business"})


def company_key(name: str) -> str:
    """What company names are compared by: NFC, case-folded, spaces collapsed (SPEC 4.2)."""
    folded = " ".join(unicodedata.normalize("NFC", name).split()).casefold()
    return unicodedata.normalize("NFC", folded)  # folding can take composed letters apart


def opens_account(
    *,
    product: str,
    channel: str,
    kind: str,
    version: str,
    upgrade_insurance_until: date | None,
    on: date,
) -> bool:
    """True when such a purchase opens a business account by itself on that day (SPEC A12).

    However it was sold: a permanent license whose upgrade insurance still runs (A8), or another
    product that comes with an account (A10). Sold by sales or a reseller, also a subscription, and
    a permanent license for version 15 or later (A9).
    """
    insured = (
        kind == "permanent"
        and upgrade_insurance_until is not None
        and upgrade_insurance_until >= on
    )
    needs_account = (
        kind != "permanent"
        or (releases.major(version) or 0) >= releases.ACCOUNT_REQUIRED_FROM_MAJOR
    )
    return (
        insured
        or product in _COME_WITH_AN_ACCOUNT
        or (channel in _THROUGH_PEOPLE and needs_account)
    )


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
