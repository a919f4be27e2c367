"""Find my account, for mailboxes that licenses were bought under (SPEC 2.2)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from tests import factories
from tests.licensing import license_factories
from tests.onboarding.mailbox import FIND, prove
from tests.personas import SignIn

pytestmark = pytest.mark.django_db
BUYER = "jane@winter.example"


@pytest.fixture
def winter(now: datetime) -> BusinessAccount:
    """An account that a purchase opened, and whose invitation has ended long ago."""
    account = BusinessAccount.objects.create(
        name="Winter Works", slug="winter-works-x7k2q", origin="purchase", created_at=now
    )
    license_factories.purchase(account, email=BUYER, now=now)
    factories.invitation(account, BUYER, by=None, now=now, revoked_at=now)
    return account


def found(browser: Client) -> str:
    return browser.get(FIND).content.decode()


def test_an_account_opened_by_a_purchase_is_joined(winter: BusinessAccount) -> None:
    browser = Client()
    prove(browser, BUYER)

    page = found(browser)
    response = browser.post(f"/start/find/join/{winter.slug}/")

    assert "Winter Works is ready for you." in page
    assert "Join Winter Works" in page
    assert response["Location"].startswith("/invitations/")
    assert Invitation.objects.open().get().role == "administrator"


def test_nobody_else_joins_it(winter: BusinessAccount) -> None:
    browser = Client()
    prove(browser, "eve@winter.example")

    assert "Join Winter Works" not in found(browser)
    assert browser.post(f"/start/find/join/{winter.slug}/").status_code == 404
    assert Client().post(f"/start/find/join/{winter.slug}/")["Location"].startswith(FIND)


def test_an_account_with_an_administrator_is_not_offered(
    winter: BusinessAccount, dora: User
) -> None:
    factories.member(winter, dora, "administrator")
    browser = Client()
    prove(browser, BUYER)

    assert "Join Winter Works" not in found(browser)


def test_a_license_bought_online_waits(now: datetime) -> None:
    license_factories.purchase(None, email=BUYER, now=now, order_number="N-4711")
    browser = Client()
    prove(browser, BUYER)

    page = found(browser)

    assert "Your license needs an account." in page
    assert "order N-4711" in page
    assert "Create business account" in page


def test_the_guide_advises_the_address_of_the_purchase(
    dora: User, sign_in: SignIn, now: datetime
) -> None:
    license_factories.purchase(None, email=dora.email, now=now)

    page = sign_in(dora).get("/start/?task=activate&instance=first&sign=none").content.decode()

    assert "Use dora@winter.example" in page
    assert "Licenses were bought under this address" in page


def test_the_guide_recommends_the_opened_account(winter: BusinessAccount) -> None:
    browser = Client()
    prove(browser, BUYER)

    page = browser.get("/start/?task=activate&instance=first&sign=none").content.decode()

    assert 'data-recommendation="join"' in page
    assert "Winter Works has invited you. Join it." in page
