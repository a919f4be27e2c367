"""The whole example console before the whole portal."""

from __future__ import annotations

import json
import stat
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.directory.models import BusinessAccount, User
from examples import ras_console
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.documents import signing_keys
from licensing.fleet.actions import instances
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance
from tests.examples.portal import PORTAL, FakeTime, Farm, activate
from tests.licensing import forged_documents


@pytest.mark.django_db
def test_an_instance_is_activated_used_and_deactivated(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    assert activate(farm, fake_time, acme, alice) == 0
    request = ActivationRequest.objects.get()
    assert request.display_code in farm.said
    assert f"{PORTAL}/activate/?code={request.display_code}" in farm.said
    assert "Licensed for 100 users until" in farm.said
    assert stat.S_IMODE(farm.state.stat().st_mode) == 0o600

    assert farm.run("status") == 0
    assert "The document is good until" in farm.said

    assert farm.run("check-in", "--peak-users", "41", "--date", "2026-11-23") == 0
    assert UsageDay.objects.get().peak_users == 41
    assert farm.holds().usage == {}

    assert farm.run("deactivate") == 0
    assert "the seat is free (console). Receipt checked." in farm.said
    assert not Activation.objects.live().exists()
    assert (farm.holds().license, farm.holds().token) == ("", "")
    assert farm.run("status") == ras_console.NOT_LICENSED


@pytest.mark.django_db
def test_what_was_measured_outlives_a_network_that_fails(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    farm.network.is_cut = True
    assert farm.run("check-in", "--peak-users", "41", "--date", "2026-11-22") == 5
    assert "doesn't answer" in farm.said
    farm.network.is_cut = False

    assert farm.run("check-in", "--peak-users", "12", "--date", "2026-11-23") == 0

    assert dict(UsageDay.objects.values_list("date", "peak_users")) == {
        date(2026, 11, 22): 41,
        date(2026, 11, 23): 12,
    }


@pytest.mark.django_db
def test_a_portal_that_can_not_be_reached_is_no_denial(farm: Farm) -> None:
    farm.network.is_cut = True

    assert farm.run("activate", "--portal", PORTAL) == ras_console.NO_NETWORK


@pytest.mark.django_db
def test_a_denial_is_told(farm: Farm, fake_time: FakeTime, alice: User) -> None:
    def deny() -> None:
        for request in ActivationRequest.objects.filter(status="pending"):
            requests.deny(request=request, by=alice, now=timezone.now())

    fake_time.then = deny

    assert farm.run("activate", "--portal", PORTAL) == ras_console.REFUSED

    assert "denied" in farm.said
    assert farm.holds().license == ""


@pytest.mark.django_db
def test_when_nobody_answers_in_time_it_says_so(farm: Farm, fake_time: FakeTime) -> None:
    fake_time.then = lambda: ActivationRequest.objects.update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )

    assert farm.run("activate", "--portal", PORTAL) == ras_console.TOO_LATE


@pytest.mark.django_db
def test_a_portal_by_another_name_is_refused_before_anything_happens(farm: Farm) -> None:
    assert farm.run("activate", "--portal", "http://127.0.0.1") == ras_console.USAGE

    assert "use --portal http://testserver" in farm.said
    assert not ActivationRequest.objects.exists()


@pytest.mark.django_db
def test_after_a_rotation_the_new_key_is_learned_beside_the_old_one(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User, settings: Settings
) -> None:
    activate(farm, fake_time, acme, alice)
    before = farm.holds().keys
    now = timezone.now()
    settings.PORTAL_LICENSE_KEY = signing_keys.rotated(
        settings.PORTAL_LICENSE_KEY, signs_from=now - timedelta(seconds=1), now=now
    )

    assert farm.run("check-in") == 0

    assert before.items() < farm.holds().keys.items()
    assert forged_documents.header(farm.holds().license)["kid"] not in before


@pytest.mark.django_db
def test_a_portal_that_swaps_its_key_is_not_believed(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User, settings: Settings
) -> None:
    activate(farm, fake_time, acme, alice)
    held = farm.holds()
    fresh = json.loads(signing_keys.first_key_set(now=timezone.now()))["keys"][0]
    kid = next(iter(held.keys))
    settings.PORTAL_LICENSE_KEY = json.dumps({"keys": [{**fresh, "kid": kid}]})

    assert farm.run("check-in") == ras_console.UNTRUSTED

    assert farm.holds().license == held.license


@pytest.mark.django_db
def test_deactivated_in_the_portal_it_learns_so_at_its_next_check_in(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    instances.deactivate(instance=Instance.objects.get(), by=alice, now=timezone.now())

    assert farm.run("check-in") == ras_console.NOT_LICENSED


@pytest.mark.django_db
def test_a_state_file_that_was_tampered_with_licenses_nothing(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    state = farm.holds()
    head, claims, signature = state.license.split(".")
    state.license = f"{head}.{claims[:-8]}AAAAAAAA.{signature}"
    state.save()

    assert farm.run("status") == ras_console.UNTRUSTED


def test_a_damaged_state_file_is_told(farm: Farm) -> None:
    farm.state.write_text("{")

    assert farm.run("status") == ras_console.USAGE


@pytest.mark.parametrize("command", ["status", "check-in", "deactivate"])
def test_without_a_license_there_is_nothing_to_do(farm: Farm, command: str) -> None:
    assert farm.run(command) == ras_console.NOT_LICENSED


def test_a_field_that_it_does_not_know_is_named(farm: Farm) -> None:
    farm.state.write_text('{"portl": "http://testserver"}')

    assert farm.run("status") == ras_console.USAGE
    assert "doesn't know: portl" in farm.said


@pytest.mark.parametrize("portal", ["portal.example", "ftp://testserver", "http://", "/activate"])
def test_what_is_no_address_is_told_at_once(farm: Farm, portal: str) -> None:
    assert farm.run("activate", "--portal", portal) == ras_console.USAGE
    assert "isn't an address" in farm.said
    assert farm.network.paths == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "use",
    [
        ("--peak-users", "-1"),
        ("--peak-users", "99999999999"),
        ("--peak-users", "4", "--date", "2999-01-01"),
        ("--peak-users", "4", "--date", "2001-01-01"),
    ],
)
def test_a_use_that_can_not_be_is_refused_before_it_is_saved(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User, use: tuple[str, ...]
) -> None:
    activate(farm, fake_time, acme, alice)

    assert farm.run("check-in", *use) == ras_console.USAGE
    assert farm.holds().usage == {}


@pytest.mark.django_db
def test_a_token_is_kept_although_its_document_is_refused(
    farm: Farm,
    fake_time: FakeTime,
    acme: BusinessAccount,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ras_console.State, "accept", refuse)
        assert activate(farm, fake_time, acme, alice) == ras_console.UNTRUSTED
    assert farm.holds().license == ""

    assert farm.run("check-in") == 0
    assert farm.holds().license


def refuse(*_: object) -> str:
    raise ras_console.Problem(ras_console.UNTRUSTED, "No.")
