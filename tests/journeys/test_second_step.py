"""Passkeys and authenticator codes, with the virtual authenticator of the browser."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, User
from tests.journeys.steps import say_who, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def plug_in(page: Page, **options: object) -> None:
    """A device that makes passkeys and always says yes."""
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
                **options,
            }
        },
    )


def add_passkey(page: Page, *, alone: bool) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    say_who(page)
    page.locator("[name=name]").fill("Laptop")
    if alone:
        page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()


def test_alice_signs_in_with_a_passkey(page: Page, alice: User, acme: BusinessAccount) -> None:
    # Otherwise the autofill signs her in before she presses anything.
    page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    plug_in(page)
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    add_passkey(page, alone=True)
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"**/b/{acme.slug}/")


def test_the_browser_offers_her_passkey_where_the_email_goes(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    plug_in(page)
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    add_passkey(page, alone=True)
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()

    page.goto(f"/accounts/login/?next=/b/{acme.slug}/members/")

    page.wait_for_url(f"**/b/{acme.slug}/members/")


def test_the_same_device_twice_says_so(page: Page, alice: User, acme: BusinessAccount) -> None:
    plug_in(page)
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    add_passkey(page, alone=True)
    page.wait_for_url("**/recovery-codes/")

    add_passkey(page, alone=True)

    expect(page.get_by_text("This device is already registered")).to_be_visible()


def test_a_key_that_cannot_sign_in_alone_says_so_and_is_asked_for_second(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    plug_in(page, hasResidentKey=False, hasUserVerification=False, isUserVerified=False)
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    add_passkey(page, alone=False)
    page.wait_for_url("**/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("can't sign you in by itself")).to_be_visible()
    page.context.clear_cookies()

    sign_in(page, alice.email)
    expect(page.get_by_text("Use your passkey or security key.")).to_be_visible()
    page.get_by_role("button", name="Use my passkey").click()

    page.wait_for_url(f"**/b/{acme.slug}/")


def test_a_removed_passkey_says_so_at_sign_in(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    plug_in(page)
    sign_in(page, alice.email)
    page.wait_for_url(f"**/b/{acme.slug}/")
    add_passkey(page, alone=True)
    page.wait_for_url("**/recovery-codes/")
    Authenticator.objects.filter(user=alice).delete()
    page.context.clear_cookies()

    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()

    expect(page.get_by_text("That passkey is no longer registered here.")).to_be_visible()


def test_a_required_second_step_leads_from_the_page_through_it_and_back(
    page: Page, mia: User, acme: BusinessAccount
) -> None:
    acme.require_two_step = True
    acme.save()
    sign_in(page, mia.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme Corp requires two-step sign-in")
    page.get_by_role("link", name="Set up the app").click()
    say_who(page)
    secret = (page.locator("#authenticator_secret").text_content() or "").replace(" ", "")
    counter = int(time.time()) // 30
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    page.get_by_role("link", name="Continue").click()

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
    page.wait_for_url(f"**/b/{acme.slug}/")


def test_alice_without_her_phone_uses_a_recovery_code_once(
    page: Page, alice: User, acme: BusinessAccount
) -> None:
    TOTP.activate(alice, generate_totp_secret())
    code, *_others = RecoveryCodes.activate(alice).get_unused_codes()

    for is_let_in in (True, False):
        sign_in(page, alice.email)
        page.get_by_role("link", name="Use a recovery code").click()
        page.locator("[name=code]").fill(code)
        page.locator("form:has([name=code]) button[type=submit]").first.click()
        if is_let_in:
            page.wait_for_url(f"**/b/{acme.slug}/")
        else:
            expect(page.locator(".error-summary")).to_be_visible()
        page.context.clear_cookies()
