"""Whatever changes about a sign-in, every proven address is told: all events by all addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
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

from accounts import outbox
from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from accounts.sign_in.emails import Change
from tests import factories, mails
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

OTHER: Final = "alice@private.example"
NEW: Final = "alice@new.example"
UNPROVEN: Final = "alice@unproven.example"
PASSWORD: Final = "a brand new pass phrase"
FIREFOX: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
Act = Callable[[Client, User], Any]


def add_address(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"action_add": "1", "email": NEW})
    browser.post("/accounts/confirm-email/", {"code": mails.code_in(mails.latest(NEW))})


def remove_address(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"action_remove": "1", "email": OTHER})


def make_primary(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"action_primary": "1", "email": OTHER})


def change_password(browser: Client, alice: User) -> None:
    form = {"oldpassword": factories.PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    browser.post("/accounts/password/change/", form)


def has_no_password(browser: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    browser.force_login(alice)


def set_password(browser: Client, alice: User) -> None:
    browser.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})


def reset_password(browser: Client, alice: User) -> None:
    browser.logout()
    browser.post("/accounts/password/reset/", {"email": alice.email})
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    page = browser.get(link, follow=True).redirect_chain[-1][0]
    browser.post(page, {"password1": PASSWORD, "password2": PASSWORD})


def add_app(browser: Client, alice: User) -> None:
    secret = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    browser.post("/accounts/2fa/totp/activate/", {"code": code})


def has_app(browser: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)


def remove_app(browser: Client, alice: User) -> None:
    browser.post("/accounts/2fa/totp/deactivate/")


def add_passkey(browser: Client, alice: User) -> None:
    # What the browser signs is proven in tests/journeys/test_second_step.py.
    data = {"name": "Laptop"}
    Authenticator.objects.create(user=alice, type=Authenticator.Type.WEBAUTHN, data=data)


def remove_passkey(browser: Client, alice: User) -> None:
    key = Authenticator.objects.get(user=alice, type=Authenticator.Type.WEBAUTHN)
    browser.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")


def make_codes(browser: Client, alice: User) -> None:
    browser.post("/accounts/2fa/recovery-codes/generate/")


EVENTS: Final[dict[Change, tuple[Act, set[str]]]] = {
    Change.EMAIL_ADDED: (add_address, {NEW}),
    Change.EMAIL_REMOVED: (remove_address, set()),
    Change.PRIMARY_CHANGED: (make_primary, set()),
    Change.PASSWORD_CHANGED: (change_password, set()),
    Change.PASSWORD_SET: (set_password, set()),
    Change.PASSWORD_RESET: (reset_password, set()),
    Change.TOTP_ADDED: (add_app, set()),
    Change.TOTP_REMOVED: (remove_app, set()),
    Change.PASSKEY_ADDED: (add_passkey, set()),
    Change.PASSKEY_REMOVED: (remove_passkey, set()),
    Change.RECOVERY_CODES_MADE: (make_codes, set()),
}


BEFORE: Final[dict[Change, Act]] = {
    Change.PASSWORD_SET: has_no_password,
    Change.TOTP_REMOVED: has_app,
    Change.PASSKEY_REMOVED: add_passkey,
    Change.RECOVERY_CODES_MADE: has_app,
}


@pytest.fixture
def browser(alice: User, sign_in: SignIn) -> Client:
    """Alice's, who has two proven addresses and one that she never proved."""
    EmailAddress.objects.create(user=alice, email=OTHER, verified=True)
    EmailAddress.objects.create(user=alice, email=UNPROVEN, verified=False)
    OutboxMail.objects.all().delete()
    # Nobody can set up a second step while an address waits to be proven.
    browser = sign_in(alice)
    browser.defaults |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "203.0.113.7"}
    return browser


def prepare(change: Change, browser: Client, alice: User) -> None:
    if change == Change.TOTP_ADDED:  # allauth wants every address proven first
        EmailAddress.objects.filter(email=UNPROVEN).delete()
    if change in BEFORE:
        BEFORE[change](browser, alice)


def act(change: Change, browser: Client, alice: User) -> None:
    EVENTS[change][0](browser, alice)


def test_no_change_is_missing() -> None:
    assert set(EVENTS) == set(Change)


@pytest.mark.parametrize("change", Change)
def test_every_proven_address_is_told(change: Change, browser: Client, alice: User) -> None:
    old = alice.email
    prepare(change, browser, alice)

    act(change, browser, alice)

    told = OutboxMail.objects.filter(kind=change)
    assert sorted(told.values_list("to", flat=True)) == sorted({old, OTHER} | EVENTS[change][1])


@pytest.mark.parametrize("change", Change)
def test_it_says_what_when_from_where_and_what_to_do(
    change: Change, browser: Client, alice: User
) -> None:
    prepare(change, browser, alice)

    act(change, browser, alice)

    mail = mails.latest(OTHER, change)
    for part in (mail.text, mail.html):
        assert str(mail.created_at.year) in part
        assert "You can " in part
        assert "http://testserver/accounts/not-me/" in part
        if change != Change.PASSKEY_ADDED:  # written here without a browser
            assert "Firefox on Windows" in part
            assert "203.0.113.7" in part


@pytest.mark.parametrize("change", [each for each in Change if each != Change.PASSKEY_ADDED])
def test_a_change_that_nobody_can_be_told_of_does_not_happen(
    change: Change, browser: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(change, browser, alice)
    before = state_of(alice)
    post = outbox.post

    def broken(*, kind: str, **mail: Any) -> OutboxMail:
        if kind == change:
            raise OSError("the disk is full")
        return post(kind=kind, **mail)

    monkeypatch.setattr(outbox, "post", broken)
    browser.raise_request_exception = False

    act(change, browser, alice)

    assert state_of(alice) == before


def state_of(alice: User) -> tuple[object, ...]:
    addresses = EmailAddress.objects.filter(user=alice).order_by("email")
    steps = Authenticator.objects.filter(user=alice).order_by("pk")
    return (
        User.objects.get(pk=alice.pk).password,
        list(addresses.values_list("email", "verified", "primary")),
        list(steps.values_list("type", "data")),
    )
