"""A signing key has leaked: nobody trusts it any more, and who still does is listed (SPEC 4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.directory.models import BusinessAccount, User
from examples import ras_console
from examples.ras_console import Problem, State
from licensing.documents import documents, signing_keys
from licensing.documents.documents import KeyWithdrawn
from licensing.fleet.actions import withdrawal
from licensing.licenses.models import Instance, License
from licensing.offline.actions import offline
from licensing.offline.errors import RequestFileInvalid
from tests.licensing import (
    forged_documents,
    license_factories,
    reporting_instances,
    request_file_factories,
)
from tests.licensing.offline_instances import approve, ask

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Settings, now: datetime) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(signing_keys.first_key_set(now=now))
    settings.PORTAL_LICENSE_KEY_FILE = path
    return path


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


@pytest.fixture
def by_file(license: License, acme: BusinessAccount, alice: User, now: datetime) -> Instance:
    opened = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )
    return approve(opened, acme, license, by=alice, now=now).instance


@pytest.fixture
def online(license: License, now: datetime) -> Instance:
    farm = reporting_instances.farm_of(license, now=now, name="Farm Two")
    reporting_instances.report(farm, {now: 1}, now=now)
    return farm


def published() -> list[str]:
    return [key["kid"] for key in documents.key_set()["keys"]]


def withdraw(kid: str) -> str:
    said = StringIO()
    call_command("withdraw_license_key", kid, stdout=said)
    return said.getvalue()


def test_a_withdrawn_key_leaves_the_published_set_and_signs_nothing(
    online: Instance, now: datetime
) -> None:
    [leaked] = published()
    online.refresh_from_db()
    before = online.document

    withdraw(leaked)

    [fresh] = published()
    assert fresh != leaked
    with pytest.raises(KeyWithdrawn):
        documents.read_license(before, now=now)
    answer = reporting_instances.report(online, {now: 1}, now=now)
    assert forged_documents.header(answer.document)["kid"] == fresh
    assert documents.read_license(answer.document, now=now)


def test_the_instances_concerned_are_counted_and_those_without_a_network_listed(
    online: Instance, by_file: Instance, desk: Client, now: datetime
) -> None:
    [leaked] = published()

    said = withdraw(leaked)

    assert "1 instances hold a document that it signed" in said
    assert "1 instances are licensed by file" in said
    assert "Acme Corp · Farm One · ras1.acme.example · document until" in said
    page = desk.get(reverse("staff_license_keys")).content.decode()
    assert leaked in page
    assert "Farm One" in page
    assert "Farm Two" not in page


def test_an_instance_by_file_is_off_the_list_once_it_has_another_document(
    by_file: Instance, license: License, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    [leaked] = published()
    withdraw(leaked)
    assert len(list(withdrawal.offline_under([leaked]))) == 1

    anew = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )
    approve(anew, acme, license, by=alice, now=now)

    assert list(withdrawal.offline_under([leaked])) == []


def test_what_a_withdrawn_key_signed_proves_nothing(
    by_file: Instance, alice: User, now: datetime
) -> None:
    files = [ask(by_file, mode) for mode in ("refresh", "deactivate")]
    withdraw(published()[0])

    for file in files:
        with pytest.raises(RequestFileInvalid, match="key that has been withdrawn"):
            offline.answer(file=file, by=alice, now=now)


def test_all_of_a_leaked_file_counts_as_leaked(key_file: Path, now: datetime) -> None:
    call_command("rotate_license_key", stdout=StringIO())
    signs, waits = published()

    withdraw(signs)

    [fresh] = published()
    assert fresh not in (signs, waits)
    keys = signing_keys.parse(key_file.read_text())
    assert [key.kid for key in keys if key.private] == [fresh]
    assert waits in documents.withdrawn_kids()


def test_an_old_key_is_withdrawn_and_the_present_one_goes_on_signing() -> None:
    call_command("rotate_license_key", "--overlap-days", "0", stdout=StringIO())
    old, present = published()

    withdraw(old)

    assert published() == [present]


def test_twice_is_once() -> None:
    [leaked] = published()
    withdraw(leaked)
    after = published()

    assert f"Key {leaked} was withdrawn before." in withdraw(leaked)

    assert published() == after


def test_an_unknown_key_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(CommandError, match=published()[0]):
        withdraw("2020-01-01-nothing")


def test_in_the_environment_another_key_has_to_be_there_first(
    key_file: Path, settings: Settings, now: datetime
) -> None:
    settings.PORTAL_LICENSE_KEY = key_file.read_text()
    settings.PORTAL_LICENSE_KEY_FILE = None
    [leaked] = published()

    with pytest.raises(CommandError, match="No other key could sign"):
        withdraw(leaked)
    assert published() == [leaked]

    settings.PORTAL_LICENSE_KEY = signing_keys.rotated(
        settings.PORTAL_LICENSE_KEY, signs_from=now, now=now
    )
    withdraw(leaked)
    assert leaked not in published()


def test_private_parts_that_sign_no_more_leave_the_file(key_file: Path, now: datetime) -> None:
    call_command("rotate_license_key", "--overlap-days", "7", stdout=StringIO())
    old, new = published()

    withdrawal.forget_private_parts(now=now + timedelta(days=6))
    early = [key.kid for key in signing_keys.parse(key_file.read_text()) if key.private]
    withdrawal.forget_private_parts(now=now + timedelta(days=8))
    late = [key.kid for key in signing_keys.parse(key_file.read_text()) if key.private]

    assert (early, late) == ([old, new], [new])


def test_a_console_takes_the_portals_keys_for_its_own_and_refuses_what_is_left(
    by_file: Instance, tmp_path: Path, settings: Settings
) -> None:
    state = State(
        tmp_path / "state.json",
        portal=settings.PORTAL_ORIGIN,
        instance_id=str(by_file.instance_id),
    )
    state.learn(documents.key_set())
    by_file.refresh_from_db()
    state.accept(by_file.document)
    [leaked] = published()
    withdraw(leaked)

    state.learn(documents.key_set())

    assert list(state.keys) == published()
    with pytest.raises(Problem, match="was withdrawn"):
        ras_console.verify(by_file.document, state)
    with pytest.raises(Problem, match="publishes no key"):
        state.learn({"keys": []})
    assert list(state.keys) == published()
