from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):  # type: ignore[no-untyped-def]
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)  # type: ignore[arg-type]


def from_address(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_origin_shows_sign_in_when_signed_out(client: Client) -> None:
    response = client.get("/", follow=True)
    assert response.redirect_chain == [("/accounts/login/", 302)]
    page = response.content.decode()
    assert "<title>Sign In" in page
    assert ">Forgot password<" in page.replace("\n", "")


def test_alice_signs_in_however_she_types_her_address(client: Client, alice: User) -> None:
    response = sign_in(client, "  ALICE@Acme.Example ")
    assert response.status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@acme.example", "wrong password here"),
        ("nobody@acme.example", PASSWORD),
        ("mia@acme.example", PASSWORD),
        ("alice@acme.example", "x" * 5000),
    ],
)
def test_every_failure_says_the_same(
    client: Client, alice: User, mia: User, email: str, password: str
) -> None:
    User.objects.filter(pk=mia.pk).update(is_active=False)
    response = sign_in(client, email, password)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Invalid Email or Password" in page
    assert f"/accounts/password/reset/?email={email.replace('@', '%40')}" in page
    assert not is_in(client)


def test_the_wanted_page_is_not_lost(client: Client, alice: User) -> None:
    address = "/accounts/login/?next=/b/new/%3Fx=1"
    client.post(address, {"login": alice.email, "password": "wrong password here"})
    response = client.post(address, {"login": alice.email, "password": PASSWORD})
    assert response["Location"] == "/b/new/?x=1"


def test_a_foreign_next_is_not_carried_on(client: Client) -> None:
    page = client.get("/accounts/login/?next=https://evil.example/").content.decode()

    assert "evil.example" not in page


def test_five_failures_lock_out_that_network_only(alice: User) -> None:
    stranger = from_address("203.0.113.7")
    for _ in range(5):
        sign_in(stranger, alice.email, "wrong password here")
    refused = sign_in(from_address("203.0.113.8"), alice.email)
    assert b"Too many attempts" in refused.content
    home = from_address("198.51.100.4")
    sign_in(home, alice.email)
    assert is_in(home)


def test_who_knows_the_password_guesses_five_second_steps(client: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    sign_in(client, alice.email)
    pages = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _ in range(6)]
    assert [b"Too many wrong attempts" in page.content for page in pages] == [False] * 5 + [True]


def test_a_known_browser_always_remains_a_way_in(alice: User) -> None:
    known = from_address("203.0.113.9")
    sign_in(known, alice.email)
    known.post("/accounts/logout/")
    stranger = from_address("203.0.113.7")
    for _ in range(12):
        sign_in(stranger, alice.email, "wrong password here")
    sign_in(known, alice.email)
    assert is_in(known)


def test_a_made_up_known_browser_counts_like_a_stranger(alice: User) -> None:
    forged = from_address("203.0.113.7")
    response = None
    for n in range(6):
        forged.cookies["known"] = f"alice@acme.example=mark{n}:1tBad:sig"
        response = sign_in(forged, alice.email, "wrong password here")
    assert response is not None
    assert b"Too many attempts" in response.content


def test_a_known_browser_is_limited_too(alice: User) -> None:
    known = from_address("203.0.113.9")
    sign_in(known, alice.email)
    known.post("/accounts/logout/")
    for _ in range(5):
        sign_in(known, alice.email, "wrong password here")
    sign_in(known, alice.email)
    assert not is_in(known)


def test_one_address_of_origin_gets_ten_failures_a_minute(alice: User) -> None:
    client = from_address("203.0.113.7")
    for n in range(10):
        sign_in(client, f"person{n}@acme.example")
    assert b"Too many attempts" in sign_in(client, "person11@acme.example").content


def test_a_good_sign_in_uses_up_nothing(alice: User) -> None:
    for _ in range(12):
        client = from_address("203.0.113.7")
        sign_in(client, alice.email)
        assert is_in(client)


def test_alice_of_one_account_lands_in_it(
    client: Client, alice: User, acme: BusinessAccount
) -> None:
    sign_in(client, alice.email)
    assert client.get("/")["Location"] == f"/b/{acme.slug}/"


def test_signing_out_takes_a_post_and_leads_to_sign_in(client: Client, alice: User) -> None:
    sign_in(client, alice.email)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_creating_an_account_begins_with_the_check(client: Client) -> None:
    page = client.get("/accounts/login/?next=/support/").content.decode()

    assert re.search(r'href="/start/\?next=%2Fsupport%2F">Create business account<', page)
    assert "/accounts/signup/" not in page


def test_a_later_instance_is_offered_no_other_account_even_after_a_failure(client: Client) -> None:
    first = client.get("/accounts/login/?later=1").content.decode()
    form = {"login": "nobody@acme.example", "password": "wrong", "later": "1"}
    failed = client.post("/accounts/login/", form).content.decode()

    assert "Create business account" not in first + failed
    assert '<input type="hidden" name="later" value="1">' in failed
