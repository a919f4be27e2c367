from __future__ import annotations

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Invitation
from accounts.membership.reading.invitation_outcome import (
    InvitationOutcome,
    outcome_of,
    with_outcome_facts,
)
from licensing.activation.models import ActivationRequest
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.licenses.reading.instance_states import InstanceState, state_of
from licensing.licenses.rules import entitlement
from licensing.purchases.models import Purchase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local_portal(settings: Settings) -> None:
    settings.PORTAL_EMBEDDED = True


def seed(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def counts() -> list[int]:
    models = (
        *(User, Authenticator, BusinessAccount, Membership, Invitation, AuditEvent),
        *(License, Key, Purchase, Instance, Activation, ActivationRequest, UsageDay),
    )
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
    outcomes = {outcome_of(each, now) for each in with_outcome_facts(Invitation.objects.all())}

    # A mail moves from queued to sent in a worker; failing needs a mail server.
    assert outcomes == set(InvitationOutcome) - {InvitationOutcome.SENT, InvitationOutcome.FAILED}


def test_there_is_an_instance_in_each_kind_of_trouble() -> None:
    seed()

    now = timezone.now()
    lives = {
        each.instance_id: each for each in Activation.objects.live().select_related("key__license")
    }
    states = {each.name: state_of(each, lives.get(each.pk), now) for each in Instance.objects.all()}

    assert states == {
        "Farm One": InstanceState.LICENSED,
        "Finance": InstanceState.LICENSED,
        "Graz": InstanceState.SILENT,
        "Linz": InstanceState.LOST,
        "Plant floor (no internet)": InstanceState.OFFLINE,
        "Test lab": InstanceState.LICENSED,
        "Vienna": InstanceState.OVER,
        "Warehouse": InstanceState.DEACTIVATED,
    }
    assert UsageDay.objects.filter(instance__name="Farm One").count() >= 85


def test_what_acme_owns_came_in_by_purchases_and_a_trial() -> None:
    seed()

    acme = BusinessAccount.objects.get(name="Acme Corp")
    licenses = acme.licenses.all()
    statuses = sorted(entitlement.status(each, timezone.now().date()).value for each in licenses)
    assert statuses == ["active"] * 3 + ["expires_soon"] * 2  # the trial is one of them
    assert Purchase.objects.filter(license__account=acme).count() == 4
    assert Key.objects.filter(license__account=acme).count() == 7
    assert acme.activation_requests.waiting(timezone.now()).count() == 1


def test_globex_stays_new_and_empty(client: Client) -> None:
    seed("--password", "a password of the demo")
    globex = BusinessAccount.objects.get(name="Globex")

    client.post(
        "/accounts/login/",
        {"login": "charlie@globex.example", "password": "a password of the demo"},
    )

    page = client.get(f"/b/{globex.slug}/")
    assert [step.done for step in page.context["steps"]][:3] == [True, False, False]
    assert not globex.licenses.exists()
    assert not globex.instances.exists()


def test_the_audit_log_reads_in_the_order_of_what_happened() -> None:
    seed()

    acme = BusinessAccount.objects.get(name="Acme Corp")
    moments = [event.created_at for event in acme.events.order_by("pk")]
    assert moments == sorted(moments)


def codes_in(said: str) -> list[str]:
    return re.findall(r"\b[0-9a-f]{8}\b", said.partition("one of the codes ")[2].splitlines()[0])


def to_the_desk(client: Client, code: str) -> int:
    """Sign Sam in with both steps; how the desk answers."""
    login = {"login": "sam@portal.example", "password": "a password of the demo"}
    assert client.post("/accounts/login/", login).url == "/accounts/2fa/authenticate/"  # type: ignore[attr-defined]
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return client.get("/admin/desk/").status_code


def test_staff_gets_to_the_desk_with_each_code_once(client: Client) -> None:
    first, second, _third = codes_in(seed("--password", "a password of the demo"))

    assert to_the_desk(client, first) == 200
    assert to_the_desk(Client(), first) == 302
    assert first not in (said := seed("--password", "a password of the demo"))
    assert second in codes_in(said)


def test_staff_keeps_the_app_and_is_given_codes_again_when_all_are_used() -> None:
    before = seed()
    held = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    held.data["used_mask"] = 2**10 - 1
    held.save(update_fields=["data"])

    after = seed()

    app = r"otpauth://totp/sam%40portal\.example\?secret=\w+"
    assert re.findall(app, before) == re.findall(app, after) != []
    assert len(codes_in(after)) == 3
    assert not set(codes_in(before)) & set(codes_in(after))


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

    said = seed("--force")

    assert "alice@acme.example" in said
    assert "/admin/desk/" not in said
    assert not User.objects.filter(is_staff=True).exists()
