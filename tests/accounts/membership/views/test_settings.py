from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.membership.views import settings
from tests import factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("account_settings", kwargs={"slug": account.slug})


def save(browser: Client, account: BusinessAccount, **form: str) -> Response:
    return browser.post(url(account), {"name": account.name} | form)


def enroll(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


def test_alice_renames_the_account_and_its_address_stays(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    response = save(sign_in(alice), acme, name="Acme Inc.", joinable_by_domain="on")

    assert response["Location"] == url(acme)
    slug = acme.slug
    acme.refresh_from_db()
    assert (acme.name, acme.slug, acme.joinable_by_domain) == ("Acme Inc.", slug, True)


def test_joining_by_domain_is_turned_off(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    save(sign_in(alice), acme)

    acme.refresh_from_db()
    assert not acme.joinable_by_domain


def test_the_two_step_rule_needs_an_administrator_who_follows_it(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    refused = save(sign_in(alice), acme, name="Acme Inc.", require_two_step="on")

    assert "for yourself first" in refused.content.decode()
    assert 'value="Acme Inc."' in refused.content.decode()
    acme.refresh_from_db()
    assert (acme.name, acme.require_two_step) == ("Acme Corp", False)

    enroll(alice)
    save(sign_in(alice), acme, require_two_step="on")
    acme.refresh_from_db()
    assert acme.require_two_step


def test_the_two_step_rule_sends_members_to_set_it_up(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    enroll(alice)
    save(sign_in(alice), acme, require_two_step="on")

    assert sign_in(mia).get(f"/b/{acme.slug}/").status_code == 302
    enroll(mia)
    assert sign_in(mia).get(f"/b/{acme.slug}/").status_code == 200


def test_lifting_the_two_step_rule_asks_for_a_recent_proof(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    enroll(alice)
    save(sign_in(alice), acme, require_two_step="on")

    stale = save(sign_in(alice, proven_at=time.time() - 310), acme)
    assert "/reauthenticate/" in stale["Location"]
    acme.refresh_from_db()
    assert acme.require_two_step

    save(sign_in(alice), acme)
    acme.refresh_from_db()
    assert not acme.require_two_step


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "Acme\u202e", "Acme\x00", "Acme\nCorp"])
def test_a_bad_name_is_refused_and_nothing_is_half_done(
    name: str, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    response = save(sign_in(alice), acme, name=name)

    assert response.context["form"].errors["name"]
    acme.refresh_from_db()
    assert (acme.name, acme.joinable_by_domain) == ("Acme Corp", True)


@pytest.mark.parametrize(("actor", "status"), [("bob", 403), ("mia", 403), ("charlie", 404)])
def test_only_administrators_reach_the_settings(
    actor: str,
    status: int,
    acme: BusinessAccount,
    bob: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"bob": bob, "mia": mia, "charlie": charlie}[actor])

    assert browser.get(url(acme)).status_code == status
    assert save(browser, acme, name="Mine").status_code == status

    acme.refresh_from_db()
    assert acme.name == "Acme Corp"


@pytest.mark.parametrize(
    ("required", "words"),
    [
        (False, "If you turn this on, members who"),
        (True, "Members who haven&#x27;t set it up yet"),
    ],
)
def test_over_two_hundred_members_are_not_looked_at_one_by_one(
    acme: BusinessAccount,
    alice: User,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    required: bool,
    words: str,
) -> None:
    BusinessAccount.objects.filter(pk=acme.pk).update(require_two_step=required)
    enroll(alice)
    factories.crowd(acme, 4)
    monkeypatch.setattr(settings, "_LOOKED_AT", 3)

    text = sign_in(alice).get(url(acme)).content.decode()

    assert words in text
