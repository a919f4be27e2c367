"""An installation of an earlier release, in which sign-ups were people before their proof."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.tasks import clear_expired
from tests import mails
from tests.factories import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

DANA = "dana@initech.example"
MALLORY = "mallory knows this one"


@pytest.fixture
def left_behind(db: None) -> User:
    """What Mallory's sign-up with Dana's address left: a password, and no proof."""
    user = person(DANA, "Mallory", verified=False)
    user.set_password(MALLORY)
    user.save()
    return user


def migrate() -> None:
    migration = import_module("accounts.migrations.0004_proven_addresses_only")
    with connection.schema_editor() as editor:
        migration.vouch_for_staff(apps, editor)
        migration.remove_unproven(apps, editor)


@pytest.mark.django_db(transaction=True)  # SQLite changes no tables inside one
def test_the_migration_removes_them_and_nobody_else(
    left_behind: User, alice: User, acme: BusinessAccount
) -> None:
    EmailAddress.objects.create(user=alice, email="reserved@initech.example", verified=False)

    migrate()

    assert list(User.objects.values_list("email", flat=True)) == [alice.email]
    assert not EmailAddress.objects.filter(verified=False).exists()


@pytest.mark.django_db(transaction=True)  # SQLite changes no tables inside one
def test_staff_made_at_the_command_line_keep_their_way_in(client: Client) -> None:
    sam = User.objects.create_user("sam@portal.example", PASSWORD, name="Sam", is_staff=True)

    migrate()
    client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})

    assert "_auth_user_id" in client.session


def test_staff_made_from_now_on_sign_in_at_once(client: Client) -> None:
    User.objects.create_superuser("sam@portal.example", PASSWORD, name="Sam")

    client.post("/accounts/login/", {"login": "sam@portal.example", "password": PASSWORD})

    assert "_auth_user_id" in client.session


def test_the_hourly_task_removes_what_is_left_after_a_day(left_behind: User) -> None:
    clear_expired()
    assert User.objects.filter(pk=left_behind.pk).exists()

    User.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    clear_expired()

    assert not User.objects.exists()


def test_an_upgraded_installation_cannot_be_taken_before_the_task_ran(left_behind: User) -> None:
    mallory, dana = Client(), Client()
    form = {"name": "Dana", "email": DANA, "password1": PASSWORD}
    dana.post("/accounts/signup/", form)
    code = mails.code_in(mails.latest(DANA))
    dana.post("/accounts/confirm-email/", {"code": code})

    mallory.post("/accounts/login/", {"login": DANA, "password": MALLORY})

    assert "_auth_user_id" in dana.session
    assert "_auth_user_id" not in mallory.session
    assert User.objects.get().name == "Dana"


def test_a_sign_in_that_waited_for_its_code_is_led_to_the_entrance(left_behind: User) -> None:
    waiting = Client()
    session = waiting.session
    session["account_login"] = {
        "user_pk": "1",
        "email_verification": "mandatory",
        "signup": True,
        "redirect_url": None,
        "email": None,
        "phone": None,
        "signal_kwargs": None,
        "state": {"stages": {"current": "verify_email"}},
        "initiated_at": timezone.now().timestamp(),
    }
    session["account_email_verification_code"] = {
        "at": timezone.now().timestamp(),
        "failed_attempts": 0,
        "resend_count": 0,
        "change_count": 0,
        "email": DANA,
        "user_id": str(left_behind.pk),
        "code": "BCDF-GHJK",
    }
    session.save()
    waiting.cookies["sid"] = session.session_key or ""

    waiting.post("/accounts/confirm-email/", {"code": "BCDF-GHJK"})
    page = waiting.get("/accounts/login/", follow=True)

    assert "_auth_user_id" not in waiting.session
    assert page.status_code == 200
    assert not EmailAddress.objects.filter(verified=True).exists()
