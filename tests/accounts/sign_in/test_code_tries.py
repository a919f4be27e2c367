"""A code is guessed at five times, also by tries that come at the same moment (SPEC 4.1, 5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.directory.models import User
from accounts.limits.models import RateCounter
from accounts.web.allauth_internals import TOTP, generate_totp_secret
from tests.accounts.membership.actions.race import run_concurrently
from tests.accounts.sign_in.test_code_limits import (
    codes_to,
    find,
    is_in,
    network,
    sign_in_code,
    sign_up,
)
from tests.accounts.sign_in.test_second_step_codes import code_of
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

DANA = "dana@initech.example"
Begin = Callable[[Client, str], object]
AT_ONCE = 12
DOORS = {
    "sign up": (sign_up, "/accounts/confirm-email/"),
    "find": (find, "/start/find/"),
    "sign in": (sign_in_code, "/accounts/login/code/confirm/"),
}


def elsewhere(browser: Client, number: int) -> Client:
    """The same browser's cookies, sent from another network."""
    twin = Client(REMOTE_ADDR=f"203.0.{number}.9")
    twin.cookies = browser.cookies
    return twin


def app_of(user: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def guess_at_once(browser: Client, page: str) -> None:
    run_concurrently(
        *(
            partial(elsewhere(browser, n).post, page, {"code": "BCDF-GHJK"})
            for n in range(50, 50 + AT_ONCE)
        )
    )


@pytest.mark.parametrize(("begin", "page"), DOORS.values(), ids=DOORS)
def test_guesses_at_the_same_moment_are_five_at_most(begin: Begin, page: str, alice: User) -> None:
    email = alice.email if begin is sign_in_code else DANA
    stranger = network(1)
    begin(stranger, email)

    guess_at_once(stranger, page)
    elsewhere(stranger, 99).post(page, {"code": codes_to(email)[-1]})

    assert not is_in(stranger)
    assert "proven" not in stranger.session


def test_guesses_at_the_app_are_five_at_most_for_a_person(alice: User) -> None:
    secret = app_of(alice)
    stranger = network(1)
    stranger.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})

    post = "/accounts/2fa/authenticate/"
    answers = run_concurrently(
        *(partial(elsewhere(stranger, n).post, post, {"code": "000000"}) for n in range(50, 62))
    )
    page = elsewhere(stranger, 99).post(post, {"code": code_of(secret)})

    said = [answer.content for answer in answers if isinstance(answer, HttpResponse)]
    assert len(said) == AT_ONCE
    assert sum(b"Too many wrong attempts" not in each for each in said) <= 5
    assert not is_in(stranger)
    assert "Too many wrong attempts" in page.content.decode()


def test_a_right_code_of_the_app_forgets_the_wrong_ones_before(alice: User) -> None:
    secret = app_of(alice)
    browser = network(1)
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    for _ in range(4):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_in(browser)

    again = network(2)
    again.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    page = again.post("/accounts/2fa/authenticate/", {"code": "000000"})

    assert "Too many wrong attempts" not in page.content.decode()


@pytest.mark.parametrize(("begin", "page"), DOORS.values(), ids=DOORS)
def test_over_the_limit_a_browser_takes_no_code_that_somebody_asks_for_later(
    begin: Begin, page: str, alice: User
) -> None:
    email = alice.email if begin is sign_in_code else DANA
    for n in range(10):
        begin(network(n), email)
    stranger = network(60)
    begin(stranger, email)
    RateCounter.objects.all().delete()

    begin(network(61), email)
    stranger.post(page, {"code": codes_to(email)[-1]})

    assert len(codes_to(email)) == 11
    assert not is_in(stranger)
    assert "proven" not in stranger.session
