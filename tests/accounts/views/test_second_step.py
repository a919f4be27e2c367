"""The second step in the settings: who asks for it, the way on, and who keeps out without it."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from accounts.models import BusinessAccount, User
from tests import factories
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def strict(acme: BusinessAccount) -> BusinessAccount:
    acme.require_two_step = True
    acme.save()
    return acme


def set_up_app(browser: Client, address: str) -> str:
    """Where the person lands after the app is set up from `address`."""
    page = browser.get(address)
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    onward = address.partition("?next=")[2].replace("%2F", "/")
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code, "next": onward})
    return str(answer["Location"])


def test_an_account_that_asks_for_it_says_so_and_leads_back(
    strict: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    browser = sign_in(mia)
    wanted = reverse("member_list", args=[strict.slug])

    page = browser.get(wanted, follow=True)
    assert "Acme Corp asks for two-step sign-in" in page.content.decode()
    setting_up = f"/accounts/2fa/totp/activate/?next={wanted.replace('/', '%2F')}"
    assert setting_up in page.content.decode()
    codes = set_up_app(browser, setting_up)
    page = browser.get(codes)

    assert codes.startswith("/accounts/2fa/recovery-codes/?next=")
    assert f'href="{wanted}"' in page.content.decode()
    assert browser.get(wanted).status_code == 200


def test_staff_is_told_why_and_led_back(sam: User, sign_in: SignIn) -> None:
    Authenticator.objects.filter(user=sam).delete()

    page = sign_in(sam).get("/admin/desk/", follow=True)

    assert "Northbeam asks for two-step sign-in" in page.content.decode()
    assert "next=%2Fadmin%2Fdesk%2F" in page.content.decode()


@pytest.mark.parametrize("required", ["globex", "staff", "nowhere"])
def test_an_address_makes_nobody_ask(
    required: str, globex: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    globex.require_two_step = True
    globex.save()
    slug = globex.slug if required == "globex" else required

    page = sign_in(mia).get(f"/accounts/2fa/?required={slug}").content.decode()

    assert "asks for" not in page
    assert "Globex" not in page


def test_the_way_on_never_leads_elsewhere(mia: User, sign_in: SignIn) -> None:
    browser = sign_in(mia)

    codes = set_up_app(browser, "/accounts/2fa/totp/activate/?next=https://evil.example/")

    assert "evil" not in codes
    assert "evil" not in browser.get(f"{codes}?next=//evil.example").content.decode()


def test_switching_off_the_last_step_says_who_keeps_out(
    strict: BusinessAccount, globex: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    factories.member(globex, mia)
    TOTP.activate(mia, generate_totp_secret())
    RecoveryCodes.activate(mia)
    browser = sign_in(mia)

    alone = browser.get("/accounts/2fa/totp/deactivate/").content.decode()
    data = {"name": "Laptop"}
    Authenticator.objects.create(user=mia, type=Authenticator.Type.WEBAUTHN, data=data)
    beside_another = browser.get("/accounts/2fa/totp/deactivate/").content.decode()

    assert "keep you out" in alone
    assert "<li>Acme Corp</li>" in alone
    assert "<li>Globex</li>" not in alone
    assert "keep you out" not in beside_another


def test_removing_the_last_passkey_says_so_too(
    strict: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    data = {"name": "Laptop"}
    key = Authenticator.objects.create(user=mia, type=Authenticator.Type.WEBAUTHN, data=data)

    page = sign_in(mia).get(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").content.decode()

    assert "<li>Acme Corp</li>" in page
