"""A license bought online under a member's address is added to an account with one click."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.models import License
from licensing.purchases.models import Purchase
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def add_url(account: BusinessAccount, purchase: Purchase) -> str:
    return reverse("license_waiting_add", args=[account.slug, purchase.license.public_id])


def test_bob_adds_what_he_bought(
    acme: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    bought = license_factories.purchase(None, email=bob.email, now=now, order_number="N-4711")
    browser = sign_in(bob)

    listed = browser.get(reverse("license_waiting", args=[acme.slug])).content.decode()
    browser.post(add_url(acme, bought))

    assert "N-4711" in listed
    assert License.objects.get().account == acme
    again = browser.get(reverse("license_waiting", args=[acme.slug])).content.decode()
    assert "Nothing is waiting for you" in again


def test_nobody_adds_what_another_bought(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    bought = license_factories.purchase(None, email="someone@else.example", now=now)
    mias = license_factories.purchase(None, email=mia.email, now=now)

    assert sign_in(alice).post(add_url(acme, bought)).status_code == 404
    assert sign_in(mia).post(add_url(acme, mias)).status_code == 403
    assert not acme.licenses.exists()
