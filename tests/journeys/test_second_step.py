"""Passkeys and authenticator codes, with the virtual authenticator of the browser."""

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
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import BusinessAccount, User
from tests.journeys.steps import say_who, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
pytestmark.append(pytest.mark.xdist_group("browser"))


def test_alice_signs_in_with_a_passkey(page: Page, alice: User, acme: BusinessAccount) -> None:
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    page.goto("/accounts/2fa/webauthn/add/")
    say_who(page)
    page.locator("[name=name]").fill("Laptop")
    if page.locator("[name=passwordless]").count():
        page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add, form:has([name=name]) button").last.click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"**/b/{acme.slug}/")


def test_alice_turns_on_an_authenticator_and_uses_it(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    page.goto("/accounts/2fa/totp/activate/")
    say_who(page)
    secret = (page.locator("#authenticator_secret").text_content() or "").replace(" ", "")
    counter = int(time.time()) // 30
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/totp/activate/" not in url)
    page.context.clear_cookies()
    cache.clear()  # forgets that this half minute's code was used, instead of waiting it out
    sign_in(page, alice.email)
    expect(page.locator("[name=code]")).to_be_visible()
    counter = int(time.time()) // 30
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_url(f"**/b/{acme.slug}/", timeout=5000)


def test_alice_without_her_phone_uses_a_recovery_code_once(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    TOTP.activate(alice, generate_totp_secret())
    code, *_others = RecoveryCodes.activate(alice).get_unused_codes()

    for is_let_in in (True, False):
        sign_in(page, alice.email)
        page.locator("[name=code]").fill(code)
        page.locator("form:has([name=code]) button[type=submit]").first.click()
        if is_let_in:
            page.wait_for_url(f"**/b/{acme.slug}/")
        else:
            expect(page.locator(".error-summary")).to_be_visible()
        page.context.clear_cookies()
