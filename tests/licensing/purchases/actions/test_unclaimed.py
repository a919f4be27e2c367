"""A purchase made online finds its buyer, and nobody else."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed, WrongAddress
from accounts.membership.actions import accounts
from licensing.licenses.errors import KeyTaken
from licensing.licenses.models import License
from licensing.purchases.actions import unclaimed
from licensing.purchases.models import Buyer
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db


def test_who_names_an_account_gets_what_they_bought(dora: User, now: datetime) -> None:
    license_factories.purchase(None, email=dora.email, now=now)
    license_factories.purchase(None, email="other@winter.example", now=now)

    made = accounts.create(name="Winter Works", by=dora, now=now)

    assert made.account.licenses.count() == 1
    assert Buyer.objects.get().account == made.account
    assert AuditEvent.objects.filter(account=made.account, event="license.added").exists()


def test_an_address_that_is_not_proven_gets_nothing(now: datetime) -> None:
    eve = factories.person("eve@winter.example", verified=False)
    license_factories.purchase(None, email=eve.email, now=now)

    made = accounts.create(name="Winter Works", by=eve, now=now)

    assert not made.account.licenses.exists()


def test_a_license_is_attached_to_an_account_that_exists(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    bought = license_factories.purchase(None, email=bob.email, now=now)

    for _time in range(2):
        unclaimed.attach(purchase=bought, account=acme, by=bob, now=now)

    assert License.objects.get().account == acme
    assert not unclaimed.of(bob).exists()


def test_only_its_buyer_attaches_it_and_only_with_the_right(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    bought = license_factories.purchase(None, email=mia.email, now=now)

    with pytest.raises(WrongAddress):
        unclaimed.attach(purchase=bought, account=acme, by=alice, now=now)
    with pytest.raises(NotAllowed):
        unclaimed.attach(purchase=bought, account=acme, by=mia, now=now)

    assert License.objects.get().account is None


@pytest.mark.django_db(transaction=True)
def test_two_accounts_at_once_have_one_winner(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.member(globex, alice, "administrator")
    for _round in range(5):
        bought = license_factories.purchase(None, email=alice.email, now=now)
        attach = partial(unclaimed.attach, purchase=bought, by=alice, now=now)

        outcomes = run_concurrently(partial(attach, account=acme), partial(attach, account=globex))

        assert [type(error) for error in refusals(outcomes)] == [KeyTaken]
