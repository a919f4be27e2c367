"""The link in a notice: opening it changes nothing; pressing its button ends every session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.identity import tokens
from accounts.sign_in.actions import people, security
from accounts.sign_in.emails import Change, ChangeOrigin
from tests import mails
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def thief(alice: User) -> Client:
    """A browser in which somebody is signed in as Alice."""
    browser = Client()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    return browser


@pytest.fixture
def link(alice: User, thief: Client) -> str:
    security.tell(
        Change.TOTP_ADDED, user=alice, origin=ChangeOrigin(ip="192.0.2.7"), now=timezone.now()
    )
    return mails.link_in(mails.latest(alice.email, "totp_added"), "/accounts/not-me/")


def is_signed_in(browser: Client) -> bool:
    return browser.get("/b/").status_code == 200


def test_opening_the_link_changes_nothing(link: str, thief: Client) -> None:
    page = Client().get(link)

    assert "An authenticator app was added" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert is_signed_in(thief)


def test_the_button_ends_every_session_and_leads_to_the_reset(
    acme: BusinessAccount, alice: User, link: str, thief: Client
) -> None:
    answer = Client().post(link)

    assert not is_signed_in(thief)
    assert answer["Location"] == "/accounts/password/reset/?email=alice%40acme.example"
    assert acme.events.latest("pk").event == "person.change_disowned"


def test_whoever_is_signed_in_there_reads_the_reset_page(link: str, thief: Client) -> None:
    page = thief.post(link, follow=True)

    assert "You&#x27;re signed out everywhere" in page.content.decode()
    assert page.redirect_chain[-1][0].startswith("/accounts/password/reset/")


def test_an_address_that_was_removed_still_ends_sessions_but_leads_to_support(
    alice: User, thief: Client
) -> None:
    other = EmailAddress.objects.create(user=alice, email="old@private.example", verified=True)
    other.delete()
    mail = mails.latest("old@private.example", "email_removed")

    answer = Client().post(mails.link_in(mail, "/accounts/not-me/"))

    assert not is_signed_in(thief)
    assert answer["Location"] == "/support/"
    assert "support will help you from there" in mail.text
    assert "belonged to a sign-in" in mail.text


def made_up(alice: User, link: str) -> Iterator[str]:
    token = link.removeprefix("/accounts/not-me/").removesuffix("/")
    yield token[:-1] + ("A" if token[-1] != "A" else "B")
    yield tokens.claim_token(alice.memberships.get().public_id)
    yield "nothing"


def test_a_link_that_we_did_not_make_ends_nothing(alice: User, link: str, thief: Client) -> None:
    for token in made_up(alice, link):
        assert Client().post(f"/accounts/not-me/{token}/").status_code == 410
    assert is_signed_in(thief)


def test_the_link_ends_after_seven_days(link: str, thief: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(tokens, "NOTICE_LASTS", timedelta(seconds=-1))

    assert Client().post(link).status_code == 410
    assert is_signed_in(thief)


def test_it_works_three_times_an_hour(alice: User, link: str) -> None:
    statuses = [Client().post(link).status_code for _ in range(4)]

    assert statuses == [302, 302, 302, 429]


def test_ending_sessions_leaves_other_people_alone(alice: User, mia: User, thief: Client) -> None:
    people.end_sessions(mia)

    assert is_signed_in(thief)
