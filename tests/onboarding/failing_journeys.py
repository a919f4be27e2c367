"""Journeys in which somebody can fail, and what failing in them looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.licensing import license_factories
from tests.licensing.views.offline_steps import PAGE as OFFLINE
from tests.personas import Response, SignIn

Try = Callable[[Client], Response]
UNKNOWN_ADDRESS: Final = "nobody@initech.example"
WRONG_CODE: Final = "BCDF-GHJK"
WRONG_KEY: Final = "RAS1-00000-00000-00000-00000"


@dataclass(frozen=True)
class FailingVisitor:
    """Who and what is there to fail with."""

    acme: BusinessAccount
    alice: User
    bob: User
    sign_in: SignIn
    now: datetime

    def signed_in(self, **how: Any) -> Client:
        return self.sign_in(self.bob, **how)


def posting(address: str, **form: str) -> Try:
    return lambda browser: browser.post(address, form)


def password(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), posting("/accounts/login/", login=portal.alice.email, password="not this one")


def sign_up(portal: FailingVisitor) -> tuple[Client, Try]:
    taken = {"name": "Al", "email": portal.alice.email, "password1": factories.PASSWORD}
    return Client(), posting("/accounts/signup/", **taken)


def code_at_sign_up(portal: FailingVisitor) -> tuple[Client, Try]:
    browser = Client()
    dana = {"name": "Dana", "email": UNKNOWN_ADDRESS, "password1": factories.PASSWORD}
    browser.post("/accounts/signup/", dana)
    return browser, posting("/accounts/confirm-email/", code=WRONG_CODE)


def code_at_sign_in(portal: FailingVisitor) -> tuple[Client, Try]:
    browser = Client()
    browser.post("/accounts/login/code/", {"email": portal.alice.email})
    return browser, posting("/accounts/login/code/confirm/", code=WRONG_CODE)


def second_step(portal: FailingVisitor) -> tuple[Client, Try]:
    TOTP.activate(portal.alice, generate_totp_secret())
    browser = Client()
    browser.post("/accounts/login/", {"login": portal.alice.email, "password": factories.PASSWORD})
    return browser, posting("/accounts/2fa/authenticate/", code="000000")


def recovery_code(portal: FailingVisitor) -> tuple[Client, Try]:
    browser, _totp = second_step(portal)
    return browser, posting("/accounts/2fa/authenticate/", code="12345678")


def password_again(portal: FailingVisitor) -> tuple[Client, Try]:
    return portal.signed_in(), posting("/accounts/reauthenticate/", password="not this one")


def second_step_again(portal: FailingVisitor) -> tuple[Client, Try]:
    TOTP.activate(portal.bob, generate_totp_secret())
    return portal.signed_in(), posting("/accounts/2fa/reauthenticate/", code="000000")


def reset(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), posting("/accounts/password/reset/", email="nobody at all")


def ended_reset(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), lambda browser: browser.get("/accounts/password/reset/key/1-ended-00/")


def mailbox(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), posting("/start/find/", email="nobody at all")


def mailbox_code(portal: FailingVisitor) -> tuple[Client, Try]:
    browser = Client()
    browser.post("/start/find/", {"email": UNKNOWN_ADDRESS})
    return browser, posting("/start/find/", code=WRONG_CODE)


def key(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), posting("/start/key/", key=WRONG_KEY)


def console_code(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), posting("/activate/", code=WRONG_CODE)


def console_link(portal: FailingVisitor) -> tuple[Client, Try]:
    return Client(), lambda browser: browser.get(f"/activate/?code={WRONG_CODE}")


def key_of_license(portal: FailingVisitor) -> tuple[Client, Try]:
    return portal.signed_in(), posting(f"/b/{portal.acme.slug}/licenses/add/", key=WRONG_KEY)


def key_while_activating(portal: FailingVisitor) -> tuple[Client, Try]:
    asked, browser = license_factories.request(now=portal.now), portal.signed_in()
    browser.post("/activate/", {"code": asked.user_code})
    address = f"/activate/{asked.public_id}/key/"
    return browser, posting(address, account=portal.acme.slug, key=WRONG_KEY)


def request_file(portal: FailingVisitor) -> tuple[Client, Try]:
    return portal.signed_in(), posting(OFFLINE, text="not a request")


def wrong_account(portal: FailingVisitor) -> tuple[Client, Try]:
    invited = factories.invitation(portal.acme, UNKNOWN_ADDRESS, by=portal.alice, now=portal.now)
    return portal.signed_in(), lambda browser: browser.get(invited.get_absolute_url())


def invited(portal: FailingVisitor) -> tuple[Client, Try]:
    invitation = factories.invitation(portal.acme, UNKNOWN_ADDRESS, by=portal.alice, now=portal.now)
    return Client(), posting(
        invitation.get_absolute_url(), accept="1", name="Dana", password1="short"
    )


def colleague(portal: FailingVisitor) -> tuple[Client, Try]:
    return portal.signed_in(), posting("/start/ask/", colleague="nobody at all", name="Bob")


JOURNEYS: Final = {
    each.__name__: each
    for each in (
        password,
        sign_up,
        code_at_sign_up,
        code_at_sign_in,
        second_step,
        recovery_code,
        password_again,
        second_step_again,
        reset,
        ended_reset,
        mailbox,
        mailbox_code,
        key,
        console_code,
        console_link,
        key_of_license,
        key_while_activating,
        request_file,
        wrong_account,
        invited,
        colleague,
    )
}
