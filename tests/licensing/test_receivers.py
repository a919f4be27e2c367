"""What licensing adds to what happens in the packages below."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.directory.models import User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from tests.factories import PASSWORD
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


@pytest.fixture
def hers(alice: User, asked: ActivationRequest, sign_in: SignIn) -> Client:
    """Alice's browser, in the middle of an activation."""
    browser = sign_in(alice)
    browser.get(f"/activate/?code={asked.display_code}")
    return browser


def test_signing_out_on_the_way_leads_back_to_the_activation(
    hers: Client, asked: ActivationRequest, bob: User
) -> None:
    here = asked.get_absolute_url()

    out = hers.post("/accounts/logout/", follow=True)

    assert out.redirect_chain == [(f"/accounts/login/?next={quote(here, safe='')}", 302)]
    assert "Sign in again to continue with Farm One." in out.content.decode()
    login = {"login": bob.email, "password": PASSWORD, "next": here}
    back = hers.post("/accounts/login/", login, follow=True)
    assert back.redirect_chain[0][0] == here
    assert back.status_code == 200
    assert "Farm One" in back.content.decode()


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_foreign_address_is_not_the_way_back(
    foreign: str, hers: Client, asked: ActivationRequest
) -> None:
    out = hers.post("/accounts/logout/", {"next": foreign})

    assert out["Location"] == f"/accounts/login/?next={quote(asked.get_absolute_url(), safe='')}"


def test_who_wanted_to_go_elsewhere_goes_there_and_can_still_go_on(
    hers: Client, asked: ActivationRequest
) -> None:
    out = hers.post("/accounts/logout/", {"next": "/start/"}, follow=True)

    page = out.content.decode()
    assert out.redirect_chain == [("/start/", 302)]
    assert "go on with Farm One" not in page
    assert "Activating <b>Farm One</b>" in page


def test_nothing_else_of_the_session_outlives_it(hers: Client) -> None:
    session = hers.session
    session["private"] = "of Alice"
    session.save()
    before = session.session_key

    hers.post("/accounts/logout/")

    assert "private" not in hers.session
    assert hers.session.session_key != before


def test_an_activation_that_was_answered_elsewhere_is_no_way_back(
    hers: Client, asked: ActivationRequest, bob: User, now: datetime
) -> None:
    requests.deny(request=asked, by=bob, now=now, disowned=False)

    assert hers.post("/accounts/logout/")["Location"] == "/accounts/login/"


def test_signing_out_says_nothing_of_activations_when_there_are_none(
    alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).post("/accounts/logout/", follow=True).content.decode()

    assert "You&#x27;re signed out." in page
    assert "go on with" not in page
