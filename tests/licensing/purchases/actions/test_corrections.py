"""A mistyped primary email, corrected by staff: for one order, or for all under it."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from licensing.purchases.actions import corrections
from licensing.purchases.models import Buyer, Purchase
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "jane@wniter.example", "jane@winter.example"


@pytest.fixture
def bought(acme: BusinessAccount, globex: BusinessAccount, now: datetime) -> list[Purchase]:
    """Two orders of Acme and one of Globex, all under one mistyped address."""
    for account, company in ((acme, "acme corp"), (globex, "globex")):
        Buyer.objects.create(
            account=account, primary_email=WRONG, company_key=company, created_at=now
        )
    return [
        license_factories.purchase(account, email=WRONG, now=now)
        for account in (acme, acme, globex)
    ]


def addresses(bought: list[Purchase]) -> list[str]:
    return [Purchase.objects.get(pk=each.pk).primary_email for each in bought]


def buyers(account: BusinessAccount) -> set[str]:
    return set(account.buyers.values_list("primary_email", flat=True))


def correct(purchase: Purchase, by: User, now: datetime, *, with_others: bool = False) -> None:
    corrections.correct_email(
        purchase=purchase, address=RIGHT, by=by, now=now, with_others=with_others
    )


def test_one_order_is_corrected_and_purchases_under_both_addresses_find_the_account(
    acme: BusinessAccount, bought: list[Purchase], sam: User, now: datetime
) -> None:
    correct(bought[0], sam, now)

    assert addresses(bought) == [RIGHT, WRONG, WRONG]
    assert buyers(acme) == {RIGHT, WRONG}
    assert acme.events.count() == 1


def test_with_the_others_all_of_the_account_are_corrected_and_nobody_elses(
    acme: BusinessAccount, globex: BusinessAccount, bought: list[Purchase], sam: User, now: datetime
) -> None:
    correct(bought[0], sam, now, with_others=True)

    assert addresses(bought) == [RIGHT, RIGHT, WRONG]
    assert (buyers(acme), buyers(globex)) == ({RIGHT}, {WRONG})
    assert [event.subject for event in acme.events.order_by("pk")] == [
        each.order_number for each in bought[:2]
    ]


def test_the_same_address_again_changes_nothing(
    acme: BusinessAccount, bought: list[Purchase], sam: User, now: datetime
) -> None:
    correct(bought[0], sam, now)
    correct(bought[0], sam, now)

    assert acme.events.count() == 1


def test_only_staff_corrects(bought: list[Purchase], alice: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        correct(bought[0], alice, now)

    assert addresses(bought)[0] == WRONG
