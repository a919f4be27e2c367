from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEvent, BusinessAccount, Invitation, Membership, User
from accounts.models.fate import Fate, fate_of, with_facts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local_portal(settings: Settings) -> None:
    settings.PORTAL_EMBEDDED = True


def seed(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def counts() -> list[int]:
    models = (User, BusinessAccount, Membership, Invitation, AuditEvent)
    return [model.objects.count() for model in models]


def test_it_prints_how_to_sign_in(client: Client) -> None:
    said = seed()
    password = said.partition("password of all: ")[2].split()[0]

    response = client.post(
        "/accounts/login/", {"login": "alice@acme.example", "password": password}
    )

    assert response.status_code == 302
    assert len(password) >= 12
    acme = BusinessAccount.objects.get(name="Acme Corp")
    assert client.get(f"/b/{acme.slug}/").status_code == 200


def test_there_is_an_invitation_in_each_state() -> None:
    seed()

    now = timezone.now()
    fates = {fate_of(each, now) for each in with_facts(Invitation.objects.all())}

    # A mail moves from queued to sent in a worker; failing needs a mail server.
    assert fates == set(Fate) - {Fate.SENT, Fate.FAILED}


def test_a_second_run_changes_the_password_and_nothing_else(client: Client) -> None:
    seed("--password", "first password of the demo")
    before = counts()

    seed("--password", "second password of the demo")

    assert counts() == before
    assert User.objects.get(email="alice@acme.example").check_password(
        "second password of the demo"
    )


def test_it_refuses_a_portal_that_is_not_local_unless_forced(settings: Settings) -> None:
    settings.PORTAL_EMBEDDED = False

    with pytest.raises(CommandError, match="isn't a local portal"):
        seed()
    assert not User.objects.exists()

    assert "alice@acme.example" in seed("--force")
