"""A code of a second step works once, also for browsers that send it at the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from accounts.directory.models import User
from accounts.web.allauth_internals import TOTP, RecoveryCodes, generate_totp_secret
from tests.accounts.membership.actions.race import run_concurrently
from tests.accounts.sign_in.test_code_limits import is_in, network
from tests.accounts.sign_in.test_second_step_codes import code_of
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

AT_ONCE = 4  # five tries in five minutes are a person's limit


def signed_in_with(user: User, code: str) -> int:
    """How many of several browsers are in that all know the password, and send `code` at once."""
    browsers = [network(n) for n in range(AT_ONCE)]
    for browser in browsers:
        browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    run_concurrently(*(partial(_second_step, browser, code) for browser in browsers))
    return sum(is_in(browser) for browser in browsers)


def _second_step(browser: Client, code: str) -> object:
    return browser.post("/accounts/2fa/authenticate/", {"code": code})


def test_a_recovery_code_opens_one_of_several_at_once(alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]

    assert signed_in_with(alice, code) == 1


def test_a_code_of_the_app_opens_one_of_several_at_once(alice: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(alice, secret)

    assert signed_in_with(alice, code_of(secret)) == 1
