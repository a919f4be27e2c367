"""Signing in with a passkey alone: nothing is kept for a stranger, and each refusal says why.

What a browser signs is proven in tests/journeys/test_second_step.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from fido2.utils import websafe_encode

from accounts.directory.models import User
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NOT_ALONE = "sign you in by itself"
WAITED = "took too long"
REMOVED = "no longer registered here"
PAGE = "/accounts/2fa/webauthn/login/"


def begin(browser: Client) -> dict[str, Any]:
    answer = browser.get(PAGE, headers={"accept": "application/json"})
    options: dict[str, Any] = answer.json()["request_options"]
    return options


def credential(**response: str) -> dict[str, Any]:
    """Well-formed, and signed by nobody."""
    answer = {
        "clientDataJSON": websafe_encode(b'{"type":"webauthn.get","challenge":"AA","origin":"x"}'),
        "authenticatorData": websafe_encode(b"\0" * 37),
        "signature": websafe_encode(b"nothing"),
        **response,
    }
    return {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": answer}


def refused(browser: Client, sent: dict[str, Any] | str) -> str:
    said = sent if isinstance(sent, str) else json.dumps(sent)
    answer = browser.post(PAGE, {"credential": said}, follow=True)
    assert answer.redirect_chain == [("/accounts/login/", 302)]
    return str(answer.content.decode())


def test_asking_for_a_challenge_keeps_nothing(db: None) -> None:
    for _round in range(3):
        begin(Client())

    assert not Session.objects.exists()


def test_a_challenge_works_once(db: None) -> None:
    browser = Client()
    begin(browser)
    cookie = browser.cookies[settings.PASSKEY_COOKIE_NAME].value
    assert NOT_ALONE in refused(browser, credential())

    browser.cookies[settings.PASSKEY_COOKIE_NAME] = cookie

    assert WAITED in refused(browser, credential())


def test_a_forged_challenge_is_none(db: None) -> None:
    browser = Client()
    browser.cookies[settings.PASSKEY_COOKIE_NAME] = "e30:forged"

    assert WAITED in refused(browser, credential())


def test_a_removed_passkey_and_an_unknown_person_read_the_same(alice: User) -> None:
    known, nobody = Client(), Client()
    begin(known)
    begin(nobody)
    handle = websafe_encode(user_pk_to_url_str(alice).encode())
    other = websafe_encode(b"987654321")

    assert REMOVED in refused(known, credential(userHandle=handle))
    assert REMOVED in refused(nobody, credential(userHandle=other))


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", "7", '{"id": 1}', "{"])
def test_nonsense_is_refused_quietly(sent: str, db: None) -> None:
    browser = Client()
    begin(browser)

    page = refused(browser, sent)
    assert "passkey didn&#x27;t work here" in page or NOT_ALONE in page


def test_where_one_was_going_is_kept(db: None) -> None:
    browser = Client()
    begin(browser)

    answer = browser.post(PAGE, {"credential": json.dumps(credential()), "next": "/b/new/"})

    assert answer["Location"] == "/accounts/login/?next=%2Fb%2Fnew%2F"


def test_a_passkey_without_a_name_is_called_what_it_is(alice: User, sign_in: SignIn) -> None:
    page = sign_in(alice).get("/accounts/2fa/webauthn/add/").content.decode()

    assert 'value="Passkey"' in page
    assert "Master key" not in page
