"""The list of sessions: a single one can be ended, and nobody else's."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def signed_in(user: User) -> tuple[Client, int]:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser, UserSession.objects.get(session_key=browser.session.session_key).pk


def is_in(browser: Client) -> bool:
    return browser.get("/b/").status_code == 200


def test_alice_ends_one_of_three(acme: BusinessAccount, alice: User) -> None:
    here, _mine = signed_in(alice)
    phone, its = signed_in(alice)
    laptop, _other = signed_in(alice)

    assert reverse("session_end", args=[its]) in here.get("/accounts/sessions/").content.decode()
    answer = here.post(reverse("session_end", args=[its]), follow=True)

    assert "That session was signed out" in answer.content.decode()
    assert (is_in(here), is_in(phone), is_in(laptop)) == (True, False, True)


def test_nobody_ends_another_persons(alice: User, mia: User) -> None:
    here, _mine = signed_in(alice)
    hers, its = signed_in(mia)

    assert here.post(reverse("session_end", args=[its])).status_code == 404
    assert is_in(hers)


def test_the_present_one_ends_by_signing_out(alice: User) -> None:
    here, mine = signed_in(alice)

    here.post(reverse("session_end", args=[mine]))

    assert is_in(here)
