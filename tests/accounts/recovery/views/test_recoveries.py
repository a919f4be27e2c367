"""A lost second step, played from both sides: the person's, and the administrator's."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from accounts.recovery.actions import recovery_ends
from accounts.recovery.models import SecondStepRecovery
from tests import factories, mails
from tests.factories import PASSWORD
from tests.personas import SignIn, membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def mia(mia: User) -> User:
    TOTP.activate(mia, generate_totp_secret())
    return mia


def at_second_step(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def page_of(user: User, account: BusinessAccount) -> str:
    kwargs = {"slug": account.slug, "public_id": membership_of(user, account).public_id}
    return reverse("member_recovery", kwargs=kwargs)


def test_mia_asks_alice_starts_and_a_day_later_mia_is_in(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    browser = at_second_step(mia)
    assert "/accounts/2fa/lost/" in browser.get("/accounts/2fa/authenticate/").content.decode()
    asked = browser.post("/accounts/2fa/lost/").content.decode()
    assert "We've emailed your administrators" in asked
    assert "Alice" not in asked
    link = mails.link_in(mails.latest(alice.email, "recovery_asked"), "/recovery/")

    alices = sign_in(alice)
    assert "Call them first" in alices.get(link).content.decode()
    alices.post(link)
    assert "Stop the recovery" in alices.get(link).content.decode()
    recovery_ends.complete_due(now=timezone.now() + timedelta(hours=24))

    browser = Client()
    browser.post("/accounts/login/", {"login": mia.email, "password": PASSWORD})
    code = mails.code_in(mails.latest(mia.email, "login_code"))
    browser.post("/accounts/login/code/confirm/", {"code": code})
    assert browser.get(f"/b/{acme.slug}/").status_code == 200


def test_starting_asks_for_a_fresh_proof(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    stale = sign_in(alice, proven_at=time.time() - 310)

    answer = stale.post(page_of(mia, acme))

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not SecondStepRecovery.objects.exists()


def test_who_only_support_can_help_is_told_so(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    factories.member(globex, mia)

    page = sign_in(alice).get(page_of(mia, acme)).content.decode()
    lost = at_second_step(mia).get("/accounts/2fa/lost/").content.decode()

    assert "only support can do it" in page
    assert "Start the recovery" not in page
    assert "Ask my administrators" not in lost
    assert "Write to support" in lost
    at_second_step(mia).post("/accounts/2fa/lost/")
    assert not OutboxMail.objects.filter(kind="recovery_asked").exists()


def test_nobody_asks_without_the_password(mia: User) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)("/accounts/2fa/lost/")
        assert answer["Location"] == "/accounts/login/"


def test_asking_is_limited(acme: BusinessAccount, alice: User, mia: User) -> None:
    browser = at_second_step(mia)

    statuses = [browser.post("/accounts/2fa/lost/").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_the_mailed_link_shows_and_only_its_button_stops(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    sign_in(alice).post(page_of(mia, acme))
    link = mails.link_in(mails.latest(mia.email, "recovery_started"), "/recoveries/")
    anyone = Client()

    page = anyone.get(link)
    assert page["Referrer-Policy"] == "strict-origin"
    assert SecondStepRecovery.objects.open().exists()
    assert anyone.get(f"{link}stop/").status_code == 405
    stopped = anyone.post(f"{link}stop/", follow=True).content.decode()

    assert "The recovery was stopped" in stopped
    assert not SecondStepRecovery.objects.open().exists()
    assert Authenticator.objects.filter(user=mia).exists()


def test_a_link_that_we_did_not_make_stops_nothing(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    sign_in(alice).post(page_of(mia, acme))

    public_id = SecondStepRecovery.objects.get().public_id
    for token in (public_id.hex, f"{public_id.hex}.nonsense"):
        assert Client().post(f"/recoveries/{token}/stop/").status_code == 404
    assert SecondStepRecovery.objects.open().exists()


def test_the_list_offers_it_only_for_those_who_have_a_second_step(
    acme: BusinessAccount, alice: User, mia: User, bob: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(reverse("member_list", args=[acme.slug])).content.decode()

    assert page_of(mia, acme) in page
    assert page_of(bob, acme) not in page
    bobs = sign_in(bob).get(reverse("member_list", args=[acme.slug])).content.decode()
    assert page_of(mia, acme) not in bobs
