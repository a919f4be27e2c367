"""Nobody reads in a browser what the last person left there (ASVS 14.3.1)."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.directory.models import User
from accounts.sign_in.actions import people
from tests import mails
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

NEW = "gravel tulip lantern nine"
PAGES_ONLY = '"cache"'


def test_signing_out_clears_pages_and_neither_cookies_nor_the_theme(
    alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    assert "Clear-Site-Data" not in browser.get("/accounts/email/")

    answer = browser.post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == PAGES_ONLY


def test_a_session_that_was_ended_elsewhere_leaves_no_pages(client: Client, alice: User) -> None:
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    people.end_sessions(alice)

    answer = client.get("/accounts/email/")

    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == PAGES_ONLY


def test_a_changed_password_clears_pages_and_ends_nothing_here(
    alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    answer = browser.post("/accounts/password/change/", form)

    assert answer["Clear-Site-Data"] == PAGES_ONLY
    assert browser.get("/accounts/email/").status_code == 200


def test_a_reset_clears_pages_and_signs_in(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    page = client.get(link, follow=True)

    answer = client.post(page.request["PATH_INFO"], {"password1": NEW})

    assert answer["Clear-Site-Data"] == PAGES_ONLY
    assert "_auth_user_id" in client.session


def test_a_stranger_keeps_what_they_have(client: Client) -> None:
    assert "Clear-Site-Data" not in client.get("/accounts/login/")
