"""Which silent instance makes room under a key that is full."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


@pytest.fixture
def browser(asked: ActivationRequest, bob: User, sign_in: SignIn) -> Client:
    """Bob's, with the code entered."""
    return enter(sign_in(bob), asked)


def confirm(asked: ActivationRequest, account: BusinessAccount, choice: str) -> str:
    return f"/activate/{asked.public_id}/confirm/?account={account.slug}&{choice}"


def test_a_full_key_asks_which_silent_instance_makes_room(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, seats=2, now=now))
    silent = license_factories.licensed(acme, key, now, "Farm Old", last_seen_at=now - 60 * DAY)
    license_factories.licensed(acme, key, now, "Farm Busy")
    full = f"replace:{key.public_id}"

    onward = read(browser, "license", asked, acme, chosen="1", source=full)
    page = browser.get(onward["Location"])
    nobody = read(browser, "replace", asked, acme, key=key.public_id, chosen="1")
    chosen = read(
        browser, "replace", asked, acme, key=key.public_id, chosen="1", replace=silent.public_id
    )

    assert "Farm Old" in page.content.decode()
    assert "Farm Busy" not in page.content.decode()
    assert nobody.context["form"].errors["replace"]
    assert chosen["Location"] == confirm(
        asked, acme, f"key={key.public_id}&replace={silent.public_id}"
    )


def test_with_nobody_silent_there_are_other_ways(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, seats=1, now=now))
    license_factories.licensed(acme, key, now)

    page = read(browser, "replace", asked, acme, key=key.public_id).content.decode()

    assert "No instance has been silent for long" in page
    assert f"/b/{acme.slug}/instances/" in page


def test_keys_of_others_are_not_there_to_replace_in(
    browser: Client,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    now: datetime,
) -> None:
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))

    assert read(browser, "replace", asked, acme, key=theirs.public_id).status_code == 404
    assert read(browser, "replace", asked, acme, key="nonsense").status_code == 404
