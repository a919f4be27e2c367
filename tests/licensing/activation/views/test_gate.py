"""Who may open a request's pages: whoever knows its code first, or whom it was handed to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.activation.views import gate
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read, send, status_of
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

PAGES: Final = ("request", "license", "cut", "key", "replace", "confirm", "done")
ACTS: Final = ("approve", "deny", "disown", "hand_over", "key")


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


def answers(browser: Client, asked: ActivationRequest, account: BusinessAccount) -> set[int]:
    """The status of every page and act."""
    pages = [read(browser, page, asked, account).status_code for page in PAGES]
    acts = [send(browser, act, asked, account, trial="1").status_code for act in ACTS]
    return {*pages, *acts}


def test_strangers_are_sent_to_sign_in(
    client: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    for page in PAGES:
        assert read(client, page, asked, acme)["Location"].startswith("/accounts/login/?next=")
    for act in ACTS:
        assert send(client, act, asked, acme)["Location"].startswith("/accounts/login/")
    assert status_of(asked) == "pending"


def test_who_never_entered_the_code_finds_nothing(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)

    assert answers(browser, asked, acme) == {404}
    assert "Farm One" not in read(browser, "request", asked, acme).content.decode()
    assert status_of(asked) == "pending"


def test_a_request_that_was_never_made_looks_the_same(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    theirs = read(browser, "request", asked, acme).content
    ActivationRequest.objects.all().delete()

    nobodys = read(browser, "request", asked, acme).content

    assert len(theirs) == len(nobodys)


def test_what_another_person_has_claimed_is_gone_for_all_others(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(alice), asked)
    asked.claimed_by = bob
    asked.save(update_fields=["claimed_by"])

    assert answers(browser, asked, acme) == {404}
    assert status_of(asked) == "pending"


def test_who_claimed_it_comes_back_in_any_browser(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now, claimed_by=bob)

    assert read(sign_in(bob), "license", asked, acme).status_code == 200


@pytest.mark.parametrize("page", ["license", "cut", "key", "replace", "confirm"])
def test_mia_may_not_choose_for_acme(
    page: str, asked: ActivationRequest, acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(mia), asked)

    assert read(browser, page, asked, acme, trial="1").status_code == 403
    assert send(browser, "approve", asked, acme, trial="1").status_code == 403
    assert status_of(asked) == "pending"


def test_charlie_chooses_nothing_in_acme(
    asked: ActivationRequest, acme: BusinessAccount, charlie: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(charlie), asked)

    assert read(browser, "license", asked, acme).status_code == 404
    assert send(browser, "approve", asked, acme, trial="1").status_code == 404
    assert send(browser, "hand_over", asked, acme).status_code == 404


def test_an_account_that_was_merged_meanwhile_leads_to_the_one_that_has_all_of_it(
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    dora: User,
    sign_in: SignIn,
) -> None:
    acme.memberships.update(account=globex)
    acme.merged_into = globex
    acme.save(update_fields=["merged_into"])
    browser, stranger = enter(sign_in(alice), asked), enter(sign_in(dora), asked)
    on = gate.address("activation_request", asked, account=globex.slug)

    assert read(browser, "license", asked, acme)["Location"] == on
    assert send(browser, "hand_over", asked, acme)["Location"] == on
    assert send(browser, "approve", asked, acme, trial="1")["Location"] == on
    assert (
        "into Globex, which now has everything it had"
        in browser.get(on, follow=True).content.decode()
    )
    assert status_of(asked) == "pending"
    assert read(stranger, "license", asked, acme).status_code == 404


def test_an_account_that_wants_two_steps_gets_them_first(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    acme.require_two_step = True
    acme.save(update_fields=["require_two_step"])
    browser = enter(sign_in(alice), asked)

    before = send(browser, "approve", asked, acme, trial="1")
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    after = read(browser, "license", asked, acme)

    assert before["Location"].startswith(reverse("mfa_index"))
    assert after.status_code == 200


def test_without_an_account_the_choice_of_one_comes_first(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(alice), asked)
    license_page = reverse("activation_license", kwargs={"public_id": asked.public_id})

    assert browser.get(license_page)["Location"] == asked.get_absolute_url()


def test_after_its_end_every_page_says_so(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now)
    browser = enter(sign_in(alice), asked)
    asked.expires_at = now - timedelta(seconds=1)
    asked.save(update_fields=["expires_at"])
    done = reverse("activation_done", kwargs={"public_id": asked.public_id})

    for page in PAGES[:-1]:
        assert read(browser, page, asked, acme)["Location"] == done
    assert "This code expired at" in browser.get(done).content.decode()


def test_handed_over_it_opens_for_those_who_manage_licenses(
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    asked = license_factories.request(now=now, claimed_by=mia, account=acme, handed_over_at=now)

    for person in (alice, bob):
        answer = read(sign_in(person), "request", asked, acme)
        assert answer["Location"].endswith(f"/license/?account={acme.slug}")
    assert answers(sign_in(charlie), asked, acme) == {404}


def test_handed_over_it_needs_the_two_steps_that_the_account_wants(
    acme: BusinessAccount, bob: User, mia: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now, claimed_by=mia, account=acme, handed_over_at=now)
    acme.require_two_step = True
    acme.save(update_fields=["require_two_step"])
    browser = sign_in(bob)

    for answer in (
        read(browser, "request", asked, acme),
        send(browser, "deny", asked, acme),
        send(browser, "disown", asked, acme),
    ):
        assert answer["Location"].startswith(reverse("mfa_index"))
    assert status_of(asked) == "pending"


@pytest.mark.parametrize("outcome", ["removed", "blocked"])
def test_who_left_the_account_that_it_was_sent_to_finds_nothing(
    outcome: str, acme: BusinessAccount, mia: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now, claimed_by=mia, account=acme, handed_over_at=now)
    browser = sign_in(mia)
    of_mia = acme.memberships.filter(user=mia)
    if outcome == "removed":
        of_mia.delete()
    else:
        of_mia.update(blocked_at=now)

    assert answers(browser, asked, acme) == {404}
    assert status_of(asked) == "pending"
