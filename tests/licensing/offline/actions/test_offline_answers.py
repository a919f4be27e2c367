"""Refresh and deactivation files: the document is the proof, the same file gets the same answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from licensing.activation.actions import issuing
from licensing.activation.errors import NotLicensed
from licensing.documents import documents
from licensing.fleet.actions import instances
from licensing.fleet.models import UsageDay
from licensing.fleet.reading import reporting
from licensing.licenses.errors import LicenseNotUsable
from licensing.licenses.models import Activation, Instance, License
from licensing.offline.actions import offline
from licensing.offline.errors import RequestFileInvalid
from licensing.offline.models import FileAnswer
from tests.accounts.membership.actions.race import run_concurrently
from tests.licensing import license_factories, request_file_factories
from tests.licensing.offline_instances import approve, ask, seats_shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm(acme: BusinessAccount, alice: User, now: datetime) -> Instance:
    """An instance of Acme that was licensed by file."""
    license = license_factories.subscription(acme, now=now)
    opened = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )
    return approve(opened, acme, license, by=alice, now=now).instance


def test_a_newer_file_refreshes_the_document(farm: Instance, alice: User, now: datetime) -> None:
    later = now + timedelta(days=80)
    day = later.date() - timedelta(days=1)
    usage = [{"date": day.isoformat(), "peak_users": 12}]
    before = documents.read_license(ask(farm, "refresh").license, now=now)

    answer = offline.answer(file=ask(farm, "refresh", usage=usage), by=alice, now=later)

    claims = documents.read_license(answer.document, now=later)
    assert claims["seq"] > before["seq"]
    assert claims["activation"] == before["activation"]
    assert claims["exp"] - claims["iat"] == 90 * 86_400
    assert UsageDay.objects.get().peak_users == 12
    farm.refresh_from_db()
    assert farm.heartbeat.peak_users == 12
    running = reporting.of_instance(farm)
    assert running is not None
    assert issuing.current(running, now=later) == answer.document
    assert AuditEvent.objects.latest("pk").event == "instance.refreshed"


def test_the_same_refresh_file_gives_the_same_bytes(
    farm: Instance, alice: User, bob: User, now: datetime
) -> None:
    file = ask(farm, "refresh")
    first = offline.answer(file=file, by=alice, now=now)

    again = offline.answer(file=file, by=bob, now=now + timedelta(days=3))

    assert (again.pk, again.document) == (first.pk, first.document)
    assert FileAnswer.objects.count() == 1


def test_a_document_that_has_expired_is_still_proof(
    farm: Instance, alice: User, now: datetime
) -> None:
    later = now + timedelta(days=120)

    answer = offline.answer(file=ask(farm, "refresh"), by=alice, now=later)

    assert documents.read_license(answer.document, now=later)


def test_a_move_to_another_key_arrives_with_the_next_refresh(
    farm: Instance, alice: User, now: datetime
) -> None:
    other = license_factories.key(License.objects.get(), now=now, reserved=20, name="Berlin")
    file = ask(farm, "refresh")
    instances.move(instance=farm, key=other, by=alice, now=now)

    answer = offline.answer(file=file, by=alice, now=now)

    claims = documents.read_license(answer.document, now=now)
    assert claims["license"]["key_last_five"] == other.last_five
    assert claims["activation"]["channel"] == "offline"


def test_an_ended_license_refreshes_nothing(farm: Instance, alice: User, now: datetime) -> None:
    with pytest.raises(LicenseNotUsable):
        offline.answer(file=ask(farm, "refresh"), by=alice, now=now + timedelta(days=300))

    assert not FileAnswer.objects.exists()


def test_a_deactivated_instance_refreshes_nothing(
    farm: Instance, alice: User, now: datetime
) -> None:
    file = ask(farm, "refresh")
    instances.deactivate(instance=farm, by=alice, now=now)

    with pytest.raises(NotLicensed):
        offline.answer(file=file, by=alice, now=now)


def test_a_deactivation_file_frees_the_seat_and_gives_a_receipt(
    farm: Instance, bob: User, now: datetime
) -> None:
    answer = offline.answer(file=ask(farm, "deactivate"), by=bob, now=now)

    assert answer.document.count(".") == 2
    assert documents.ends_at(answer.document) is None
    ended = Activation.objects.get()
    assert (ended.ending, ended.deactivated_at) == ("file", now)
    assert seats_shared() == 0
    assert AuditEvent.objects.latest("pk").actor == bob


def test_a_deactivation_file_may_come_any_number_of_times(
    farm: Instance, alice: User, now: datetime
) -> None:
    file = ask(farm, "deactivate")

    first = offline.answer(file=file, by=alice, now=now)
    again = offline.answer(file=file, by=alice, now=now + timedelta(days=1))

    assert again.document == first.document
    assert seats_shared() == 0


def test_an_old_deactivation_file_does_not_end_what_came_after_it(
    acme: BusinessAccount, farm: Instance, alice: User, now: datetime
) -> None:
    old = ask(farm, "deactivate")
    instances.deactivate(instance=farm, by=alice, now=now)
    anew = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )
    approve(anew, acme, License.objects.get(), by=alice, now=now)

    answer = offline.answer(file=old, by=alice, now=now)

    assert answer.document
    assert Activation.objects.live().count() == 1
    assert seats_shared() == 1


def test_a_member_without_the_right_is_refused(farm: Instance, mia: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        offline.answer(file=ask(farm, "deactivate"), by=mia, now=now)

    assert Activation.objects.live().exists()


def test_charlie_can_do_nothing_with_acmes_file(
    farm: Instance, charlie: User, now: datetime
) -> None:
    with pytest.raises(RequestFileInvalid, match="you're not a member of"):
        offline.answer(file=ask(farm, "deactivate"), by=charlie, now=now)

    assert Activation.objects.live().exists()


def test_a_proof_of_another_instance_is_refused(farm: Instance, alice: User, now: datetime) -> None:
    file = ask(farm, "deactivate", instance_id="00000000-0000-4000-8000-000000000000")

    with pytest.raises(RequestFileInvalid, match="belongs to another instance"):
        offline.answer(file=file, by=alice, now=now)


def test_a_proof_that_we_did_not_sign_is_refused(
    farm: Instance, alice: User, now: datetime
) -> None:
    farm.refresh_from_db()
    head, claims, signature = farm.document.split(".")
    file = ask(farm, "deactivate", license=f"{head}.{claims}.{signature[::-1]}")

    with pytest.raises(RequestFileInvalid, match="doesn't come from this portal"):
        offline.answer(file=file, by=alice, now=now)


def test_a_day_in_the_future_is_refused(farm: Instance, alice: User, now: datetime) -> None:
    usage = [{"date": (now.date() + timedelta(days=2)).isoformat(), "peak_users": 1}]

    with pytest.raises(RequestFileInvalid, match="in the future"):
        offline.answer(file=ask(farm, "refresh", usage=usage), by=alice, now=now)


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["refresh", "deactivate"])
def test_the_same_file_at_once_is_answered_once(
    farm: Instance, alice: User, now: datetime, mode: str
) -> None:
    file = ask(farm, mode)

    answers = run_concurrently(*[lambda: offline.answer(file=file, by=alice, now=now).document] * 4)

    assert len(set(answers)) == 1
    assert FileAnswer.objects.count() == 1
