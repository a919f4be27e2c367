"""Sessions: what a sign-in costs, and that an old key is worth nothing."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import tasks
from accounts.directory.models import User
from accounts.sign_in.actions import people
from accounts.sign_in.sessions import SessionStore
from tests.factories import PASSWORD

# In autocommit, as a request is: BEGIN and COMMIT would count, too.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


def sign_in(browser: Client, user: User) -> Any:
    return browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def test_a_sign_in_takes_eleven_statements(mia: User) -> None:
    browser = Client()

    with CaptureQueriesContext(connection) as first:
        sign_in(browser, mia)
    browser.post("/accounts/logout/")
    with CaptureQueriesContext(connection) as again:
        sign_in(browser, mia)

    assert len(first) <= 11
    # The session before it is read, checked, and deleted.
    assert len(again) <= 14


def test_a_new_key_keeps_what_the_session_holds(mia: User) -> None:
    session = SessionStore()
    session["found"] = "here"
    session.save()
    before = session.session_key

    session.cycle_key()
    session.save()

    assert session.session_key != before
    assert SessionStore(session.session_key)["found"] == "here"
    assert not Session.objects.filter(session_key=before).exists()


def test_signing_in_leaves_one_session_and_the_old_key_is_nobodys(mia: User) -> None:
    browser = Client()
    browser.post("/start/find/", {"email": "mia@acme.example"})
    planted = browser.cookies["sid"].value

    sign_in(browser, mia)

    assert browser.cookies["sid"].value != planted
    assert [each.session_key for each in Session.objects.all()] == [browser.cookies["sid"].value]
    assert UserSession.objects.get().session_key == browser.cookies["sid"].value
    stranger = Client()
    stranger.cookies["sid"] = planted
    assert stranger.get("/b/").status_code == 302


def test_a_session_that_was_ended_meanwhile_does_not_come_back(mia: User) -> None:
    browser = Client()
    sign_in(browser, mia)
    held = SessionStore(browser.cookies["sid"].value)
    held["found"] = "here"
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        held.save()

    assert not Session.objects.exists()


def test_the_list_keeps_a_session_that_is_still_being_written(mia: User) -> None:
    sign_in(Client(), mia)
    Session.objects.all().delete()

    tasks.clear_expired()

    assert UserSession.objects.exists()


def test_a_person_keeps_the_newest_fifty_sessions(mia: User, alice: User) -> None:
    sign_in(Client(), alice)
    for number in range(52):
        store = SessionStore()
        store.create()
        people.note_session(
            user=mia, session_key=str(store.session_key), ip="192.0.2.1", user_agent=str(number)
        )

    people.end_surplus_sessions()

    kept = UserSession.objects.filter(user=mia)
    assert set(kept.values_list("user_agent", flat=True)) == {str(n) for n in range(2, 52)}
    assert Session.objects.count() == 51, "Alice's, too"
