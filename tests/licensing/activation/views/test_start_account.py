"""Which business account the instance shall belong to (SPEC A4, A13, A14)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from tests import factories
from tests.licensing import license_factories
from tests.personas import Response, SignIn, membership_of

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


def to_account(browser: Client, asked: ActivationRequest, **query: str) -> Response:
    browser.get(reverse("activate"), {"code": asked.display_code})
    return browser.get(asked.get_absolute_url(), query)


def test_one_account_leaves_nothing_to_decide(
    asked: ActivationRequest, acme: BusinessAccount, bob: User, sign_in: SignIn
) -> None:
    answer = to_account(sign_in(bob), asked)

    assert answer["Location"] == f"{asked.get_absolute_url()}license/?account={acme.slug}"


@pytest.fixture
def eve(acme: BusinessAccount, globex: BusinessAccount) -> User:
    """Manages licenses at Acme, administers Globex."""
    user = factories.person("eve@winter.example")
    factories.member(acme, user, Role.LICENSE_MANAGER)
    factories.member(globex, user, Role.ADMINISTRATOR)
    return user


def test_the_account_of_the_first_instance_is_chosen_beforehand_and_said_why(
    asked: ActivationRequest, acme: BusinessAccount, eve: User, sign_in: SignIn, now: datetime
) -> None:
    license_factories.instance(acme, now=now)

    page = to_account(sign_in(eve), asked)

    assert page.context["form"].initial["account"] == acme.slug
    assert "first instance is there" in page.content.decode()


def test_the_account_that_knows_the_instance_is_chosen_beforehand(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, sign_in: SignIn, now: datetime
) -> None:
    license_factories.instance(acme, now=now - MINUTE)
    known = license_factories.instance(globex, now=now)
    asked = license_factories.request(now=now, instance_id=known.instance_id)

    page = to_account(sign_in(eve), asked)

    assert page.context["form"].initial["account"] == globex.slug
    assert "Farm One is known there." in page.content.decode()


def test_no_account_chosen_is_told_at_the_rows(
    asked: ActivationRequest, eve: User, sign_in: SignIn
) -> None:
    page = to_account(sign_in(eve), asked, chosen="1")

    assert page.context["form"].errors["account"] == ["Choose a business account."]


def test_another_account_than_the_first_has_to_be_confirmed(
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    eve: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    license_factories.instance(acme, now=now)
    browser = sign_in(eve)

    told = to_account(browser, asked, account=globex.slug)
    unchecked = to_account(browser, asked, account=globex.slug, warned="1")
    checked = to_account(browser, asked, account=globex.slug, warned="1", split="on")
    first = to_account(browser, asked, account=acme.slug, warned="1")

    assert "Keys and instances will be split" in told.content.decode()
    assert not told.context["form"].errors
    assert unchecked.context["form"].errors["split"] == [
        "Check this box to continue, or choose Acme Corp."
    ]
    license_page = f"{asked.get_absolute_url()}license/?account="
    assert checked["Location"] == f"{license_page}{globex.slug}&split=1"
    assert first["Location"] == f"{license_page}{acme.slug}"


def test_an_account_of_others_doesnt_exist(
    asked: ActivationRequest, globex: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    assert to_account(sign_in(alice), asked, account=globex.slug).status_code == 404


def test_who_has_no_account_names_one_and_comes_back(
    asked: ActivationRequest, dora: User, sign_in: SignIn
) -> None:
    browser = sign_in(dora)
    here = asked.get_absolute_url()

    new = to_account(browser, asked)["Location"]
    page = browser.get(new).content.decode()
    made = browser.post(new, {"name": "Winter", "next": here})

    assert new == f"/b/new/?next={here.replace('/', '%2F')}"
    assert all(way in page for way in ("Ask an administrator", "Find my account"))
    assert made["Location"] == here


def test_a_blocked_member_is_as_good_as_none(
    asked: ActivationRequest, acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    membership = membership_of(bob, acme)
    membership.blocked_at = now
    membership.save(update_fields=["blocked_at"])

    assert to_account(sign_in(bob), asked)["Location"].startswith("/b/new/")


def test_mia_is_offered_to_send_it_to_an_administrator(
    asked: ActivationRequest, mia: User, sign_in: SignIn
) -> None:
    page = to_account(sign_in(mia), asked).content.decode()

    assert "Send the request to an administrator" in page
    assert f'action="{asked.get_absolute_url()}hand-over/"' in page


def test_an_invited_person_joins_and_comes_back(
    client: Client, asked: ActivationRequest, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    client.post(reverse("activate"), {"code": asked.user_code})
    invitation = factories.invitation(
        acme, "eve@acme.example", by=alice, now=now, role=Role.LICENSE_MANAGER
    )
    here = asked.get_absolute_url()

    form = {"accept": "1", "name": "Eve Brandt", "password1": factories.PASSWORD}
    joined = client.post(f"{invitation.get_absolute_url()}?next={here}", form)

    assert joined["Location"] == here
    assert client.get(here)["Location"] == f"{here}license/?account={acme.slug}"
