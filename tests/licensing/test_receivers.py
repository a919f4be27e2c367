"""What licensing adds to what happens in the packages below."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import User
from tests.licensing import stock
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_signing_out_on_the_way_says_where_to_go_on(
    alice: User, now: datetime, sign_in: SignIn
) -> None:
    asked, browser = stock.request(now=now), sign_in(alice)
    browser.get(f"/activate/?code={asked.display_code}")

    page = browser.post("/accounts/logout/", follow=True).content.decode()

    assert "To go on with Farm One, open the link on its console once more." in page


def test_signing_out_says_nothing_of_activations_when_there_are_none(
    alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).post("/accounts/logout/", follow=True).content.decode()

    assert "You&#x27;re signed out." in page
    assert "on its console" not in page
