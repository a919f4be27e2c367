"""Sessions end by themselves: when nobody uses them, and when they have lasted long enough."""

from __future__ import annotations

import re
import time
from typing import Final

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400


def wait(browser: Client, *, unused: int = 0, old: int = 0) -> None:
    """Make the browser's session one that was last used and that began so many seconds ago."""
    session = browser.session
    session["seen"] = int(time.time()) - unused
    session["started"] = int(time.time()) - max(old, unused)
    session.save()


@pytest.mark.parametrize(
    ("unused", "old", "is_in"),
    [
        (13 * DAY, 0, True),
        (14 * DAY + MINUTE, 0, False),
        (0, 29 * DAY, True),
        (0, 30 * DAY + MINUTE, False),
    ],
    ids=["a pause", "left alone", "in daily use", "too old"],
)
def test_a_persons_session_ends_by_itself(
    alice: User, acme: BusinessAccount, sign_in: SignIn, unused: int, old: int, is_in: bool
) -> None:
    browser = sign_in(alice)
    browser.get("/b/")

    wait(browser, unused=unused, old=old)

    assert browser.get(f"/b/{acme.slug}/").status_code == (200 if is_in else 302)
    assert Session.objects.exists() is is_in


@pytest.mark.parametrize(
    ("unused", "old", "is_in"),
    [
        (3 * HOUR, 0, True),
        (4 * HOUR + MINUTE, 0, False),
        (0, 11 * HOUR, True),
        (0, 12 * HOUR + MINUTE, False),
    ],
    ids=["a lunch break", "left alone", "a working day", "too old"],
)
def test_the_vendors_sessions_end_the_same_day(
    desk: Client, unused: int, old: int, is_in: bool
) -> None:
    desk.get("/admin/desk/")

    wait(desk, unused=unused, old=old)

    assert desk.get("/admin/desk/").status_code == (200 if is_in else 302)


def test_what_an_ended_session_would_have_sent_changes_nothing(
    alice: User, acme: BusinessAccount, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    browser.get("/b/")
    wait(browser, old=31 * DAY)

    answer = browser.post(f"/b/{acme.slug}/members/invite/", {"emails": "eve@acme.example"})

    assert answer["Location"].startswith("/accounts/login/")
    assert not acme.invitations.exists()


def test_signing_in_again_begins_a_new_time(alice: User) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    browser.get("/b/")
    wait(browser, old=31 * DAY)
    browser.get("/b/")

    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})

    assert browser.get("/accounts/sessions/").status_code == 200
    assert UserSession.objects.filter(session_key=browser.session.session_key).exists()


def test_a_sessions_key_is_beyond_guessing(alice: User, sign_in: SignIn) -> None:
    keys = {sign_in(alice).session.session_key for _ in range(20)}

    assert len(keys) == 20
    # 36 ** 32 is more than 2 ** 165.
    assert all(re.fullmatch(r"[a-z0-9]{32}", str(key)) for key in keys)
