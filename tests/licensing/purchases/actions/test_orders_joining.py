"""Which account a purchase joins: its company's, or the one where its buyer is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from accounts.permissions import Role
from licensing.events import Event
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.models import Buyer
from tests import factories
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import record

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


def test_a_later_purchase_of_the_company_joins_its_account() -> None:
    record()

    _later, summary = record(order_number="SO-2", company="INITECH")
    online, _summary = record(purchase_factories.permanent(order_number="SO-3"))

    assert summary == ImportSummary(new=1)
    account = BusinessAccount.objects.get()
    assert account.licenses.count() == 3
    assert online.license.account == account
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "facts", [{"company": "Initrode"}, {"primary_email": "milton@initech.example"}]
)
def test_another_company_or_address_opens_another_account(facts: dict[str, str]) -> None:
    record()

    _other, summary = record(order_number="SO-2", **facts)

    assert summary.accounts == 1
    assert BusinessAccount.objects.count() == 2


def test_what_was_bought_online_before_comes_along() -> None:
    online, _summary = record(channel="online")
    strange, _summary = record(channel="online", order_number="SO-2", company="Initrode")

    record(order_number="SO-3", company="initech")

    account = BusinessAccount.objects.get()
    online.license.refresh_from_db()
    strange.license.refresh_from_db()
    assert online.license.account == account
    assert strange.license.account is None
    assert AuditEvent.objects.filter(event=Event.LICENSE_ADDED).count() == 2


def test_the_purchase_of_a_known_administrator_joins_their_account(
    acme: BusinessAccount,
) -> None:
    purchase, summary = record(primary_email="alice@acme.example", company="Acme Holding")

    assert summary == ImportSummary(new=1)
    assert purchase.license.account == acme
    assert not Invitation.objects.exists()
    assert Buyer.objects.get().account == acme


def test_a_known_members_company_of_the_same_name_is_joined(
    acme: BusinessAccount, mia: User
) -> None:
    purchase, _summary = record(primary_email=mia.email, company="acme corp")

    assert purchase.license.account == acme


def test_a_members_purchase_for_another_company_opens_an_account(
    acme: BusinessAccount, mia: User
) -> None:
    purchase, summary = record(primary_email=mia.email, company="Chen Consulting")

    assert summary.accounts == 1
    assert purchase.license.account != acme


def test_nobody_decides_between_two_accounts(
    acme: BusinessAccount, globex: BusinessAccount
) -> None:
    alice = User.objects.get(email="alice@acme.example")
    factories.member(globex, alice, Role.ADMINISTRATOR)

    purchase, summary = record(primary_email=alice.email, company="Acme Holding", channel="online")

    assert summary == ImportSummary(new=1)
    assert purchase.license.account is None


def test_an_address_that_nobody_has_proven_joins_nothing(acme: BusinessAccount) -> None:
    eve = factories.person("eve@initech.example", verified=False)
    factories.member(acme, eve, Role.ADMINISTRATOR)

    _purchase, summary = record(primary_email=eve.email)

    assert summary.accounts == 1


def test_a_blocked_member_is_known_no_more(acme: BusinessAccount) -> None:
    eve = factories.person("eve@acme.example")
    factories.member(acme, eve, Role.ADMINISTRATOR, blocked=True)

    _purchase, summary = record(primary_email=eve.email, company="Acme Corp")

    assert summary.accounts == 1


def test_the_account_stays_the_companys_after_its_buyer_left(acme: BusinessAccount) -> None:
    record(primary_email="alice@acme.example", company="Acme Corp")
    acme.memberships.all().delete()

    later, summary = record(
        order_number="SO-2", primary_email="alice@acme.example", company="Acme Corp"
    )

    assert summary == ImportSummary(new=1)
    assert later.license.account == acme
