"""Keys that a person types, or that the console names, while choosing (SPEC 4.3)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Key
from licensing.licenses.rules import key_codes
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read, send
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


@pytest.fixture
def browser(asked: ActivationRequest, bob: User, sign_in: SignIn) -> Client:
    """Bob's, with the code entered."""
    return enter(sign_in(bob), asked)


def confirm(asked: ActivationRequest, account: BusinessAccount, choice: str) -> str:
    return f"/activate/{asked.public_id}/confirm/?account={account.slug}&{choice}"


def test_a_key_that_the_console_named_is_added_without_showing_it(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    sold = license_factories.primary_key(license_factories.subscription(None, now=now))
    asked = license_factories.request(now=now, key_hint=sold.code)
    browser = enter(sign_in(bob), asked)

    page = read(browser, "license", asked, acme).content.decode()
    added = send(browser, "key", asked, acme, hint="1")

    assert f"The console named key …{sold.last_five}" in page
    assert sold.code not in page
    assert added["Location"] == confirm(asked, acme, f"key={sold.public_id}")
    assert Key.objects.get(pk=sold.pk).license.account == acme


def test_a_named_key_that_cant_be_added_isnt_shown_either(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))
    asked = license_factories.request(now=now, key_hint=theirs.code)
    browser = enter(sign_in(bob), asked)

    refused = send(browser, "key", asked, acme, hint="1")
    page = browser.get(refused["Location"]).content.decode()

    assert "This key belongs to another business account." in page
    assert theirs.code not in page


def test_a_key_is_typed_in_any_spelling(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    sold = license_factories.primary_key(license_factories.subscription(None, now=now))

    added = send(browser, "key", asked, acme, key=sold.code.lower().replace("-", " "))

    assert added["Location"] == confirm(asked, acme, f"key={sold.public_id}")


def wrong_keys(acme: BusinessAccount, globex: BusinessAccount, now: datetime) -> dict[str, str]:
    revoked = license_factories.primary_key(license_factories.subscription(None, now=now))
    revoked.revoked_at = now
    revoked.save(update_fields=["revoked_at"])
    return {
        "unknown": key_codes.new_code(),
        "taken": license_factories.primary_key(
            license_factories.subscription(globex, now=now)
        ).code,
        "revoked": revoked.code,
        "mistyped": "RAS1-AAAAA-BBBBB-CCCCC-DDDDE",
        "empty": "",
    }


@pytest.mark.parametrize(
    ("which", "text"),
    [
        ("unknown", "We don't know this key"),
        ("taken", "belongs to another business account"),
        ("revoked", "was revoked"),
        ("mistyped", "Check it against the original"),
        ("empty", "Enter the key."),
    ],
)
def test_a_wrong_key_is_told_at_the_field(
    which: str,
    text: str,
    browser: Client,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    now: datetime,
) -> None:
    page = send(browser, "key", asked, acme, key=wrong_keys(acme, globex, now)[which])

    assert page.status_code == 200
    assert text in page.context["form"].errors["key"][0]


def test_keys_are_guessed_ten_times_in_ten_minutes(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    tries = [
        send(browser, "key", asked, acme, key=key_codes.new_code()).status_code for _ in range(11)
    ]

    assert tries == [200] * 10 + [429]
