"""What instances ask, and what they are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import activations
from licensing.documents import documents
from licensing.fleet.actions import instances
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, License
from tests.licensing import license_factories
from tests.licensing.api.licensed_instance import LicensedInstance, house, refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def today() -> date:
    return datetime.now(UTC).date()


def test_an_instance_sees_itself(farm: LicensedInstance) -> None:
    answer = farm.asker.get("/instance").json()

    assert answer["instance_id"] == str(farm.instance.instance_id)
    assert (answer["name"], answer["state"]) == ("Farm One", "licensed")
    assert answer["account"] == {"id": farm.instance.account.slug, "name": "Acme Corp"}
    assert answer["activation"]["ending"] is None
    assert answer["license"]["status"] == "active"
    assert answer["license"]["seats"] == 100
    key = license_factories.primary_key(farm.license)
    assert answer["license"]["key_last_five"] == key.last_five
    assert key.code not in str(answer)


def test_an_instance_never_sees_another_company(
    farm: LicensedInstance, globex: BusinessAccount, now: datetime
) -> None:
    theirs = house(globex, now=now)

    answers = [
        theirs.asker.get(path).content.decode() for path in ("/instance", "/instance/license")
    ]

    for secret in ("Acme", farm.instance.account.slug, str(farm.instance.instance_id)):
        assert not any(secret in answer for answer in answers)
    assert farm.instance.document not in answers[1]


def test_the_current_document_comes_byte_for_byte(farm: LicensedInstance) -> None:
    answer = farm.asker.get("/instance/license")

    assert answer.json() == {"license": farm.instance.document}
    assert farm.asker.get("/instance/license").json() == answer.json()


def test_a_check_in_is_answered_with_a_document_and_how_far_it_is_known(
    farm: LicensedInstance,
) -> None:
    usage = [
        {"date": str(today() - DAY), "peak_users": 38},
        {"date": str(today()), "peak_users": 41},
    ]

    answer = farm.asker.post("/instance/check-ins", {"version": "21.0", "usage": usage})

    assert answer.status_code == 200
    assert answer.json()["notices"] == []
    assert answer.json()["acknowledged_through"] == str(today())
    claims = documents.read_license(answer.json()["license"], now=datetime.now(UTC))
    assert claims["sub"] == str(farm.instance.instance_id)
    assert list(UsageDay.objects.order_by("date").values_list("peak_users", flat=True)) == [38, 41]


def test_a_check_in_without_days_is_fine(farm: LicensedInstance) -> None:
    answer = farm.asker.post("/instance/check-ins", {"version": "21.0"})

    assert answer.status_code == 200
    assert answer.json()["acknowledged_through"] is None


def test_the_same_check_in_again_changes_nothing_but_the_document(farm: LicensedInstance) -> None:
    report = {"version": "21.0", "usage": [{"date": str(today()), "peak_users": 7}]}
    first = farm.asker.post("/instance/check-ins", report).json()

    again = farm.asker.post("/instance/check-ins", report).json()

    assert UsageDay.objects.get().peak_users == 7
    assert _sequence(again) == _sequence(first) + 1


@pytest.mark.django_db(transaction=True)  # a savepoint around it would count
def test_a_check_in_takes_two_queries(farm: LicensedInstance) -> None:
    usage = [{"date": str(today() - n * DAY), "peak_users": 40 - n % 40} for n in range(400)]
    farm.asker.post("/instance/check-ins", {"version": "20.0"})

    with CaptureQueriesContext(connection) as queries:
        answer = farm.asker.post("/instance/check-ins", {"version": "20.0", "usage": usage})

    assert answer.status_code == 200
    verbs = [query["sql"].split()[0] for query in queries]
    # Who asks, and what is compared; then the instance, its key's sum, its days, in one.
    assert verbs == ["SELECT", "WITH"]


def test_an_expired_license_is_an_answer_not_a_silence(farm: LicensedInstance) -> None:
    License.objects.update(ends_on=today() - 31 * DAY)

    answer = farm.asker.post("/instance/check-ins", {"version": "20.0"})

    assert answer.status_code == 200
    assert answer.json()["license"] == farm.instance.document
    assert [notice["code"] for notice in answer.json()["notices"]] == ["license_expired"]
    assert answer.json()["notices"][0]["text"]


@pytest.mark.parametrize(
    ("usage", "place"),
    [
        ([{"date": "-401", "peak_users": 1}], "/usage/0/date"),
        ([{"date": "+2", "peak_users": 1}], "/usage/0/date"),
        ([{"date": "0", "peak_users": 1}, {"date": "0", "peak_users": 2}], "/usage/1/date"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_place(
    farm: LicensedInstance, usage: list[dict[str, Any]], place: str
) -> None:
    dated = [each | {"date": str(today() + int(each["date"]) * DAY)} for each in usage]

    response = farm.asker.post("/instance/check-ins", {"version": "20.0", "usage": dated})

    problem = refusal(response, 422, "fields_invalid")
    assert [error["pointer"] for error in problem["errors"]] == [place]
    assert not UsageDay.objects.exists()


@pytest.mark.parametrize("days", [-400, -1, 0, 1])
def test_days_at_the_edges_are_taken(farm: LicensedInstance, days: int) -> None:
    usage = [{"date": str(today() + days * DAY), "peak_users": 1_000_000}]

    response = farm.asker.post("/instance/check-ins", {"version": "20.0", "usage": usage})

    assert response.status_code == 200


def test_a_console_gives_its_seat_back_once_and_gets_the_same_receipt(
    farm: LicensedInstance,
) -> None:
    first = farm.asker.post("/instance/deactivate")
    again = farm.asker.post("/instance/deactivate")

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    receipt = jwt.decode(first.json()["receipt"], options={"verify_signature": False})
    assert receipt["activation"]["ending"] == "console"
    farm.license.refresh_from_db()
    assert farm.license.seats_shared == 0


def test_the_receipt_says_that_the_portal_was_quicker(
    farm: LicensedInstance, alice: User, now: datetime
) -> None:
    instances.deactivate(instance=farm.instance, by=alice, now=now)

    receipt = farm.asker.post("/instance/deactivate").json()["receipt"]

    claims = jwt.decode(receipt, options={"verify_signature": False})
    assert claims["activation"]["ending"] == "portal"


def test_after_the_end_an_instance_learns_how_it_ended(
    farm: LicensedInstance, alice: User, now: datetime
) -> None:
    instances.deactivate(instance=farm.instance, by=alice, now=now)

    seen = farm.asker.get("/instance").json()
    refused = [
        farm.asker.get("/instance/license"),
        farm.asker.post("/instance/check-ins", {"version": "20.0"}),
    ]

    assert seen["state"] == "deactivated"
    assert seen["activation"]["ending"] == "portal"
    for response in refused:
        assert "Deactivated in the portal" in refusal(response, 403, "not_licensed")["detail"]


def test_a_replaced_instance_is_told_so(farm: LicensedInstance, now: datetime) -> None:
    activations.end_live(farm.instance, Activation.Ending.REPLACED, now=now)

    response = farm.asker.get("/instance/license")

    assert "Replaced by another instance" in refusal(response, 403, "not_licensed")["detail"]


def test_the_token_of_a_lost_instance_is_dead(
    farm: LicensedInstance, alice: User, now: datetime
) -> None:
    instances.declare_lost(instance=farm.instance, by=alice, now=now)

    refusal(farm.asker.get("/instance"), 401, "token_invalid")


def _sequence(answer: dict[str, str]) -> int:
    claims = jwt.decode(answer["license"], options={"verify_signature": False})
    return int(claims["seq"])
