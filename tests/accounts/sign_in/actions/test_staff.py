"""`manage.py make_staff`: the first of the vendor's staff."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.directory.models import User
from accounts.sign_in.actions import people
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NEW = "a brand new pass phrase"


def make_staff(*words: str) -> str:
    said = StringIO()
    call_command("make_staff", *words, stdout=said)
    return said.getvalue()


def test_whoever_has_proven_the_address_becomes_staff(dora: User) -> None:
    said = make_staff(" Dora@Winter.example ")

    dora.refresh_from_db()
    assert dora.is_staff
    assert not dora.is_superuser
    assert "Dora@Winter.example is staff now." in said or "dora@winter.example is staff now" in said
    assert "http" not in said, "a password that works is left alone"


def test_twice_is_as_good_as_once(dora: User) -> None:
    make_staff(dora.email)

    assert "was staff already" in make_staff(dora.email)


def test_somebody_new_sets_a_password_by_the_link_that_is_printed(client: Client) -> None:
    said = make_staff("sam@portal.example", "--name", "Sam Ortega")

    link = next(line for line in said.splitlines() if line.startswith("http"))
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": NEW, "password2": NEW})
    sam = User.objects.get(email="sam@portal.example")
    assert sam.check_password(NEW)
    assert sam.is_staff
    assert sam.name == "Sam Ortega"


def test_the_link_works_once(client: Client) -> None:
    said = make_staff("sam@portal.example")
    link = next(line for line in said.splitlines() if line.startswith("http"))
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": NEW, "password2": NEW})

    again = Client().get(link, follow=True)

    assert b'name="password1"' not in again.content


def test_new_staff_need_the_second_step_as_everybody_does(dora: User, sign_in: SignIn) -> None:
    make_staff(dora.email)

    answer = sign_in(dora).get("/admin/desk/")

    assert answer.status_code == 302
    assert "2fa" in answer["Location"]


def test_what_is_no_address_is_refused_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="nobody can't be used"):
        make_staff("nobody")

    assert not User.objects.exists()


def test_a_disabled_person_is_not_made_staff(dora: User) -> None:
    dora.is_active = False
    dora.save(update_fields=["is_active"])

    with pytest.raises(CommandError, match="can't sign in"):
        make_staff(dora.email)

    assert people.holder(dora.email) is None
    assert not User.objects.filter(is_staff=True).exists()
