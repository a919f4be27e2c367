"""Machines that activate instances without a person: what they get, and how they are refused."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.documents import documents
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.licenses.rules import key_codes
from tests.licensing import license_factories
from tests.licensing.api.licensed_instance import (
    ApiClient,
    LicensedInstance,
    enroller,
    facts,
    house,
    refusal,
)

pytestmark = pytest.mark.django_db


def test_a_machine_activates_an_instance(machine: ApiClient, farm: LicensedInstance) -> None:
    response = machine.post("/activations", facts())

    answer = response.json()
    assert response.status_code == 201
    activation = Activation.objects.get(public_id=answer["activation_id"])
    assert activation.channel == "unattended"
    claims = documents.read_license(answer["license"], now=datetime.now(UTC))
    assert claims["activation"]["id"] == answer["activation_id"]
    assert ApiClient(answer["token"]).get("/instance").json()["state"] == "licensed"


def test_the_same_instance_again_costs_no_use(machine: ApiClient) -> None:
    first = machine.post("/activations", facts()).json()

    again = machine.post("/activations", facts())

    assert again.status_code == 200
    assert again.json()["activation_id"] == first["activation_id"]
    refusal(ApiClient(first["token"]).get("/instance"), 401, "token_invalid")
    assert ApiClient(again.json()["token"]).get("/instance").status_code == 200


def test_its_own_key_may_be_named_in_any_spelling(
    machine: ApiClient, farm: LicensedInstance
) -> None:
    code = license_factories.primary_key(farm.license).code.lower().replace("-", " ")

    assert machine.post("/activations", facts(key=code)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seats": 1}, "seats_exhausted"),
        (
            {"suspended_at": datetime(2026, 1, 1, tzinfo=UTC), "suspension_reason": "Unpaid"},
            "license_not_usable",
        ),
    ],
)
def test_what_the_license_cannot_grant_is_a_conflict(
    machine: ApiClient, changes: dict[str, Any], code: str
) -> None:
    License.objects.update(**changes)

    refusal(machine.post("/activations", facts()), 409, code)

    assert Instance.objects.count() == 1


def test_a_version_beyond_the_insurance_is_a_conflict(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.permanent(acme, insured_until=date(2023, 12, 31), now=now)
    machine = enroller(license, by=alice, now=now)

    response = machine.post("/activations", facts(version="21.0"))

    assert "Dec 31, 2023" in refusal(response, 409, "version_not_covered")["detail"]


def test_another_key_is_a_conflict(machine: ApiClient) -> None:
    response = machine.post("/activations", facts(key=key_codes.new_code()))

    refusal(response, 409, "key_not_in_account")


def test_a_revoked_key_is_a_conflict(acme: BusinessAccount, alice: User, now: datetime) -> None:
    license = license_factories.subscription(acme, now=now)
    machine = enroller(license, by=alice, now=now)
    Key.objects.filter(license=license).update(revoked_at=now)

    refusal(machine.post("/activations", facts()), 409, "key_revoked")


def test_an_instance_of_another_company_is_a_conflict_that_names_nobody(
    machine: ApiClient, globex: BusinessAccount, now: datetime
) -> None:
    theirs = house(globex, now=now)

    response = machine.post("/activations", facts(instance_id=str(theirs.instance.instance_id)))

    problem = refusal(response, 409, "instance_in_other_account")
    assert "Globex" not in str(problem)
    assert theirs.asker.get("/instance").json()["state"] == "licensed"


def test_a_used_up_token_activates_no_more(
    farm: LicensedInstance, alice: User, now: datetime
) -> None:
    machine = enroller(farm.license, by=alice, uses=1, now=now)
    machine.post("/activations", facts())

    response = machine.post("/activations", facts(instance_id=str(uuid.uuid4())))

    refusal(response, 403, "enrollment_ended")
    assert machine.post("/activations", facts()).status_code == 200


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"mode": "upgrade"}, ["/from_version"]),
        ({"mode": "upgrade", "from_version": "20.0"}, ["/version"]),
        ({"from_version": "19.0"}, ["/from_version"]),
        ({"instance_name": "  "}, ["/instance_name"]),
        ({"instance_name": "Farm\u202eOne"}, ["/instance_name"]),
        ({"key": "RAS1-00000"}, ["/key"]),
        ({"key_hint": "?", "key": "!"}, ["/key", "/key_hint"]),
        ({"version": "twenty", "host": "a b", "extra": 1}, ["/host", "/version", "/extra"]),
        ({"instance_id": "1"}, ["/instance_id"]),
        ({"mode": "activate "}, ["/mode"]),
        ({"type": "other"}, ["/type"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_wrong_field_is_named(
    machine: ApiClient, changes: dict[str, Any], places: list[str]
) -> None:
    response = machine.post("/activations", facts(**changes))

    problem = refusal(response, 422, "fields_invalid")
    assert [error["pointer"] for error in problem["errors"]] == places
    assert all(error["detail"].endswith(".") for error in problem["errors"])
