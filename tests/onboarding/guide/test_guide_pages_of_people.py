"""The guide's pages for people whom the portal knows."""

import re
from datetime import datetime

from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.personas import SignIn

START = "/start/"


def page(answers: str, browser: Client | None = None) -> str:
    response = (browser or Client()).get(f"{START}?{answers}")
    assert response.status_code == 200, answers
    return response.content.decode()


def recommendation(html: str) -> str:
    found = re.findall(r'data-recommendation="([^"]+)"', html)
    return found[0] if len(found) == 1 else ""


def test_dora_with_an_invitation_is_told_to_join_before_any_question(
    acme: BusinessAccount, alice: User, dora: User, sign_in: SignIn, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)

    html = page("", sign_in(dora))

    assert recommendation(html) == "join"
    assert "Join Acme Corp" in html
    assert invitation.get_absolute_url() in html


def test_mia_who_is_signed_in_is_led_on_to_her_account(
    acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    html = page("", sign_in(mia))

    assert recommendation(html) == "sign-in"
    assert f'href="/b/{acme.slug}/"' in html


def test_dora_who_belongs_nowhere_creates_without_signing_up_again(
    dora: User, sign_in: SignIn
) -> None:
    html = page("task=activate&instance=first&sign=none", sign_in(dora))

    assert recommendation(html) == "create"
    assert 'href="/b/new/"' in html
    assert 'action="/accounts/signup/"' not in html


def test_dora_signed_in_with_another_email_is_offered_to_sign_out(
    dora: User, sign_in: SignIn
) -> None:
    html = page("task=activate&instance=later&login=works", sign_in(dora))

    assert "dora@winter.example" in html
    assert 'action="/accounts/logout/"' in html
