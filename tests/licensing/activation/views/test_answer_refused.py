"""What an approval is refused for, and where that leads: never half a change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, Instance, Key
from tests import factories
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read, send, status_of
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STALE = 310  # seconds since the password was typed


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now, device_code="rasd_secret")


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(
        license_factories.subscription(acme, seats=5, now=now, ends_on=date(2099, 2, 3))
    )


@pytest.fixture
def browser(asked: ActivationRequest, bob: User, sign_in: SignIn) -> Client:
    """Bob's, with the code entered."""
    return enter(sign_in(bob), asked)


def done(asked: ActivationRequest) -> str:
    return reverse("activation_done", kwargs={"public_id": asked.public_id})


def test_the_last_seat_that_went_meanwhile_leads_to_who_could_make_room(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, seats=1, now=now))
    read(browser, "confirm", asked, acme, key=key.public_id)
    license_factories.licensed(acme, key, now, "Farm Fast")

    answer = send(browser, "approve", asked, acme, key=key.public_id)
    again = read(browser, "confirm", asked, acme, key=key.public_id)
    shown = browser.get(answer["Location"]).content.decode()

    way_on = f"/activate/{asked.public_id}/replace/?account={acme.slug}&key={key.public_id}"
    assert answer["Location"] == again["Location"] == way_on
    assert "All seats are in use." in shown
    assert (status_of(asked), Instance.objects.count()) == ("pending", 1)


def test_other_refusals_lead_back_to_the_choice_with_the_text(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    old = license_factories.primary_key(
        license_factories.permanent(acme, insured_until=date(2024, 1, 31), now=now)
    )

    told = read(browser, "confirm", asked, acme, key=old.public_id)
    answer = send(browser, "approve", asked, acme, key=old.public_id)
    shown = browser.get(answer["Location"]).content.decode()

    license_page = f"/activate/{asked.public_id}/license/?account={acme.slug}"
    assert told["Location"] == answer["Location"] == license_page
    assert "its upgrade insurance ended on Jan 31, 2024" in shown
    assert (status_of(asked), Instance.objects.count()) == ("pending", 0)


@pytest.mark.parametrize("choice", [{}, {"key": "nonsense"}, {"cut": "x", "seats": "y"}])
def test_without_a_choice_the_choice_comes_first(
    choice: dict[str, str], browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    license_page = f"/activate/{asked.public_id}/license/?account={acme.slug}"

    assert read(browser, "confirm", asked, acme, **choice)["Location"] == license_page
    assert send(browser, "approve", asked, acme, **choice)["Location"] == license_page


def test_keys_of_others_are_nothing_to_approve_with(
    browser: Client,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    now: datetime,
) -> None:
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))

    assert read(browser, "confirm", asked, acme, key=theirs.public_id).status_code == 404
    assert send(browser, "approve", asked, acme, key=theirs.public_id).status_code == 404


def test_splitting_is_said_once_more_and_never_slips_through(
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    bob: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    factories.member(globex, bob, Role.LICENSE_MANAGER)
    license_factories.instance(acme, now=now)
    browser = enter(sign_in(bob), asked)
    choose_account = f"{asked.get_absolute_url()}?account={globex.slug}"

    unmeant = read(browser, "confirm", asked, globex, trial="1")
    refused = send(browser, "approve", asked, globex, trial="1")
    meant = read(browser, "confirm", asked, globex, trial="1", split="1").content.decode()
    approved = send(browser, "approve", asked, globex, trial="1", split="1")

    assert unmeant["Location"] == refused["Location"] == choose_account
    assert "between Acme Corp and Globex" in meant
    assert approved["Location"] == done(asked)
    assert Activation.objects.get().instance.account == globex
