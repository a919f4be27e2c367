"""Codes of a second step work once: those of the app in their time, and those for emergencies."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client

from accounts.directory.models import User
from tests import mails
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NEW = "gravel tulip lantern nine"


def signs_in(user: User, code: str) -> bool:
    """With the right password and `code` as the second step, in a browser of its own."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in browser.session


def code_of(secret: str, *, ago: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time() - ago) // 30)))


def test_a_code_of_the_app_works_once(alice: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    code = code_of(secret)

    assert signs_in(alice, code)
    assert not signs_in(alice, code)


def test_a_code_of_two_minutes_ago_is_over(alice: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)

    assert not signs_in(alice, code_of(secret, ago=120))


def test_a_recovery_code_works_once(alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]

    assert signs_in(alice, code)
    assert not signs_in(alice, code)


def test_a_reset_of_the_password_still_asks_for_the_second_step(alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": alice.email})
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    form = browser.get(link, follow=True).redirect_chain[-1][0]

    browser.post(form, {"password1": NEW, "password2": NEW})

    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert "_auth_user_id" not in browser.session
    assert browser.get("/b/")["Location"].startswith("/accounts/login/")
