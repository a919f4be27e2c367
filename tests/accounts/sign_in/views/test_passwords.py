"""Passwords are taken as typed, changed with the old one, and kept as Argon2id."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from accounts.directory.models import User
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NEW = "gravel tulip lantern nine"


def change(browser: Client, **form: str) -> int:
    answer = browser.post("/accounts/password/change/", form)
    return int(answer.status_code)


def signs_in(user: User, password: str) -> bool:
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": password})
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize(
    ("password", "other"),
    [
        (" gravel tulip lantern nine", NEW),
        ("gravel tulip lantern nine  ", NEW),
        ("Gravel Tulip Lantern Nine", NEW),
        ("🦊🌲🚲🎻🧀🔭🪁🐌🧭🍐🎈🛶", "🦊🌲🚲🎻🧀🔭🪁🐌🧭🍐🎈🚤"),
        ("gra\u0308vel tulip lantern nine", "gr\u00e4vel tulip lantern nine"),
        ("river gravel tulip lantern " * 5 + "a", "river gravel tulip lantern " * 5 + "b"),
    ],
    ids=["space in front", "spaces behind", "capitals", "emoji", "accents", "136 characters"],
)
def test_a_password_counts_as_it_was_typed(alice: User, password: str, other: str) -> None:
    alice.set_password(password)
    alice.save(update_fields=["password"])

    assert signs_in(alice, password)
    assert not signs_in(alice, other)


def test_changing_it_takes_the_old_one(alice: User, sign_in: SignIn) -> None:
    browser = sign_in(alice)

    for old in ({}, {"oldpassword": "not the old one at all"}):
        assert change(browser, password1=NEW, password2=NEW, **old) == 200

    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_changing_it_ends_every_other_session(alice: User, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(alice), sign_in(alice)

    assert change(here, oldpassword=PASSWORD, password1=NEW, password2=NEW) == 302

    assert here.get("/b/").status_code in (200, 302)
    assert "login" not in here.get("/b/").get("Location", "")
    assert elsewhere.get("/b/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/accounts/login/", {"password": "current-password"}),
        ("/accounts/signup/", {"password1": "new-password"}),
        ("/accounts/password/change/", {"oldpassword": "current-password"}),
    ],
)
def test_fields_hide_it_and_password_managers_may_fill_them(
    alice: User, sign_in: SignIn, path: str, names: dict[str, str]
) -> None:
    browser = sign_in(alice) if "change" in path else Client()
    page = browser.get(path).content.decode()

    for name, use in names.items():
        (field,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert 'type="password"' in field
        assert f'autocomplete="{use}"' in field
        assert "onpaste" not in field
        assert "minlength" not in field  # it would count differently than we do


def test_it_is_kept_as_argon2id_and_an_older_hash_is_replaced(alice: User, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = [
        "accounts.sign_in.hashers.Argon2",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    alice.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6, iterations=1000)
    alice.save(update_fields=["password"])

    assert signs_in(alice, PASSWORD)

    alice.refresh_from_db()
    assert alice.password.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")
