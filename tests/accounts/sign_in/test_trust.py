"""The session's id changes whenever more is trusted to it: the old cookie is dead (ASVS 7.2.4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.directory.models import User
from tests import mails
from tests.factories import PASSWORD
from tests.personas import SignIn

# The app is noted on commit, so commits have to happen.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

Rise = Callable[[Client, User, SignIn], Callable[[], object]]
"""Brings a browser to the brink of a proof, and gives what makes it."""

LONG_AGO: Final = 1_000.0


def post(browser: Client, path: str, **form: str) -> object:
    return browser.post(path, form)


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def planted(browser: Client) -> Client:
    """A browser that has a session already, whose id a stranger may know."""
    browser.post("/accounts/login/", {"login": "x@x.example", "password": "wrong"})
    session = browser.session
    session["journey"] = "kept"
    session.save()
    browser.cookies["sid"] = session.session_key or ""
    return browser


def password(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    planted(browser)
    return lambda: post(browser, "/accounts/login/", login=alice.email, password=PASSWORD)


def password_before_the_second_step(
    browser: Client, alice: User, sign_in: SignIn
) -> Callable[[], object]:
    TOTP.activate(alice, generate_totp_secret())
    return password(browser, alice, sign_in)


def second_step(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    post(browser, "/accounts/login/", login=alice.email, password=PASSWORD)
    return lambda: post(browser, "/accounts/2fa/authenticate/", code=code_of(secret))


def recovery_code(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    TOTP.activate(alice, generate_totp_secret())
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    post(browser, "/accounts/login/", login=alice.email, password=PASSWORD)
    return lambda: post(browser, "/accounts/2fa/authenticate/", code=codes[0])


def mailed_code(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    post(browser, "/accounts/login/code/", email=alice.email)
    code = mails.code_in(mails.latest(alice.email))
    return lambda: post(browser, "/accounts/login/code/confirm/", code=code)


def reset(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    post(browser, "/accounts/password/reset/", email=alice.email)
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    address = browser.get(link, follow=True).redirect_chain[-1][0]
    new = "a brand new pass phrase"
    return lambda: post(browser, address, password1=new, password2=new)


def sign_up(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    dana = {"name": "Dana", "email": "dana@initech.example", "password1": PASSWORD}
    post(browser, "/accounts/signup/", **dana)
    code = mails.code_in(mails.latest("dana@initech.example"))
    return lambda: post(browser, "/accounts/confirm-email/", code=code)


def find_my_account(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    post(browser, "/start/find/", email="dana@initech.example")
    code = mails.code_in(mails.latest("dana@initech.example"))
    return lambda: post(browser, "/start/find/", code=code)


def signed_in(browser: Client, alice: User, sign_in: SignIn, *, at: float | None = None) -> None:
    post(browser, "/accounts/login/", login=alice.email, password=PASSWORD)
    if at is not None:
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session.save()


def one_more_address(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    signed_in(browser, alice, sign_in)
    post(browser, "/accounts/email/", action_add="1", email="alice@home.example")
    code = mails.code_in(mails.latest("alice@home.example"))
    return lambda: post(browser, "/accounts/confirm-email/", code=code)


def password_again(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    signed_in(browser, alice, sign_in, at=LONG_AGO)
    return lambda: post(browser, "/accounts/reauthenticate/", password=PASSWORD)


def second_step_again(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    signed_in(browser, alice, sign_in, at=LONG_AGO)
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)
    return lambda: post(browser, "/accounts/2fa/reauthenticate/", code=code_of(secret))


def password_changed(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    signed_in(browser, alice, sign_in)
    new = "a brand new pass phrase"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return lambda: post(browser, "/accounts/password/change/", **form)


def app_added(browser: Client, alice: User, sign_in: SignIn) -> Callable[[], object]:
    signed_in(browser, alice, sign_in)
    browser.get("/accounts/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    return lambda: post(browser, "/accounts/2fa/totp/activate/", code=code_of(secret))


RISES: Final[list[Rise]] = [
    password,
    password_before_the_second_step,
    second_step,
    recovery_code,
    mailed_code,
    reset,
    sign_up,
    find_my_account,
    one_more_address,
    password_again,
    second_step_again,
    password_changed,
    app_added,
]


@pytest.mark.parametrize("rise", RISES, ids=lambda rise: rise.__name__)
def test_the_id_changes_and_the_old_cookie_is_dead(
    rise: Rise, alice: User, sign_in: SignIn
) -> None:
    browser = Client()
    proof = rise(browser, alice, sign_in)
    before = browser.session.session_key
    was_in = "_auth_user_id" in browser.session

    proof()

    after = browser.session.session_key
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert Session.objects.filter(session_key=after).exists()
    thief = Client()
    thief.cookies["sid"] = before or ""
    assert thief.get("/b/")["Location"].startswith("/accounts/login/")
    if was_in or "_auth_user_id" in browser.session:
        assert browser.get("/b/").status_code in (200, 302)
        assert UserSession.objects.filter(session_key=after, user__isnull=False).count() == 1


def test_a_proof_keeps_what_the_browser_had_begun(alice: User) -> None:
    browser = planted(Client())

    post(browser, "/accounts/login/", login=alice.email, password=PASSWORD)

    assert browser.session["journey"] == "kept"


def test_a_new_proof_leaves_one_place_on_the_list(alice: User, sign_in: SignIn) -> None:
    browser = Client()
    proof = password_again(browser, alice, sign_in)

    proof()

    assert UserSession.objects.filter(user=alice).count() == 1
    assert browser.session["account_authentication_methods"][-1]["at"] > time.time() - 60
