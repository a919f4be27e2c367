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

from accounts.directory.models import BusinessAccount, User
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
    assert "Acme Corp requires two-step sign-in" in page.content.decode()
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

    assert "Northbeam requires two-step sign-in" in page.content.decode()
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

    assert "get into these" in alone
    assert "<li>Acme Corp</li>" in alone
    assert "<li>Globex</li>" not in alone
    assert "get into these" not in beside_another


def test_removing_the_last_passkey_says_so_too(
    strict: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    data = {"name": "Laptop"}
    key = Authenticator.objects.create(user=mia, type=Authenticator.Type.WEBAUTHN, data=data)

    page = sign_in(mia).get(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").content.decode()

    assert "<li>Acme Corp</li>" in page


@pytest.fixture
def app(mia: User) -> Authenticator:
    return TOTP.activate(mia, generate_totp_secret()).instance


def at_second_step(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    return browser


def asked_for(browser: Client, query: str = "") -> str:
    return browser.get(f"/accounts/2fa/authenticate/{query}").content.decode()


def test_sign_in_asks_for_what_this_person_has(mia: User, app: Authenticator) -> None:
    only_app = asked_for(at_second_step(mia))
    assert "six digits" in only_app
    assert "Use a passkey" not in only_app
    assert "Use a recovery code" not in only_app

    RecoveryCodes.activate(mia)
    data = {"name": "Laptop"}
    Authenticator.objects.create(user=mia, type=Authenticator.Type.WEBAUTHN, data=data)
    browser = at_second_step(mia)
    # Its key can't be read, so the page isn't drawn: the other ways are.
    assert "Use a recovery code" in asked_for_without_passkey(browser, "?by=app")


def asked_for_without_passkey(browser: Client, query: str) -> str:
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).delete()
    return asked_for(browser, query)


def test_a_code_that_was_used_says_so(mia: User, app: Authenticator) -> None:
    code = RecoveryCodes.activate(mia).get_unused_codes()[0]
    form = {"code": code, "by": "recovery"}
    assert at_second_step(mia).post("/accounts/2fa/authenticate/", form).status_code == 302

    again = at_second_step(mia).post("/accounts/2fa/authenticate/", form).content.decode()

    assert "was already used" in again
    assert "Enter one of the recovery codes" in again, "the same way is shown again"


def test_too_many_codes_say_until_when(mia: User, app: Authenticator) -> None:
    browser = at_second_step(mia)
    for _round in range(5):
        wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
        assert "That code isn" in wrong

    page = browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()

    assert "Too many wrong attempts" in page
    assert "UTC (in 5 min)" in page
    assert "reset the password" not in page


@pytest.mark.parametrize("sent", ["{}", "[]", "7", '{"id": 1}', '{"id": "AAAA", "response": {}}'])
def test_a_malformed_passkey_is_refused_at_every_door(
    sent: str, mia: User, app: Authenticator, sign_in: SignIn
) -> None:
    inside = sign_in(mia)
    inside.get("/accounts/2fa/webauthn/add/")
    added = inside.post("/accounts/2fa/webauthn/add/", {"name": "Laptop", "credential": sent})
    again = inside.post("/accounts/2fa/webauthn/reauthenticate/", {"credential": sent})
    outside = at_second_step(mia).post("/accounts/2fa/authenticate/", {"credential": sent})

    assert [added.status_code, again.status_code, outside.status_code] == [200, 302, 200]
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
