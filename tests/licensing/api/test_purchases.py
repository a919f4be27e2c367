"""The vendor records purchases: one at a time, once each."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.directory.models import BusinessAccount
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from licensing.api.models import IdempotentAnswer
from licensing.licenses.models import Key
from licensing.purchases.models import Purchase
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import purchase_factories
from tests.licensing.api.licensed_instance import LicensedInstance, refusal
from tests.personas import Response

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def body(**facts: Any) -> dict[str, Any]:
    line: dict[str, Any] = dict(purchase_factories.line())
    line |= {"seats": int(line["seats"])}
    return {name: value for name, value in line.items() if value != ""} | facts


def post(said: object, *, key: str | None = "k-1", token: str | None = None) -> Response:
    headers = {"Authorization": f"Bearer {token or settings.PORTAL_VENDOR_TOKEN}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return Client().post(
        "/api/v1/purchases", json.dumps(said), content_type="application/json", headers=headers
    )


def test_a_new_purchase_is_recorded_and_opens_its_account() -> None:
    answer = post(body())

    assert answer.status_code == 201
    purchase = Purchase.objects.select_related("license__account").get()
    account = purchase.license.account
    assert account is not None
    said = answer.json()
    assert said.pop("recorded_at")
    assert said == {
        "order_number": "SO-1",
        "license_id": str(purchase.license.public_id),
        "license_name": "Subscription 2027 – 100 seats",
        "key_last_five": Key.objects.get().last_five,
        "account": {"id": account.slug, "name": "Initech"},
        "account_opened": True,
    }
    assert Key.objects.get().code not in answer.content.decode()
    assert OutboxMail.objects.get().to == "peter@initech.example"


def test_an_online_purchase_waits_for_its_buyer() -> None:
    answer = post(body(channel="online"))

    assert answer.status_code == 201
    assert (answer.json()["account"], answer.json()["account_opened"]) == (None, False)


def test_the_same_request_again_gets_the_same_answer() -> None:
    first = post(body())

    again = post(body())

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert Purchase.objects.count() == Invitation.objects.count() == 1


def test_the_same_purchase_under_another_key_is_unchanged() -> None:
    post(body())

    again = post(body(), key="k-2")

    assert again.status_code == 200
    assert again.json()["account_opened"] is False
    assert Purchase.objects.count() == 1


def test_the_same_key_for_another_purchase_is_refused() -> None:
    post(body())

    refusal(post(body(order_number="SO-2")), 422, "idempotency_key_reused")

    assert Purchase.objects.count() == 1


def test_a_day_later_the_key_is_free() -> None:
    post(body())
    for kept in IdempotentAnswer.objects.all():
        kept.ends_at -= timedelta(hours=24)
        kept.save()

    assert post(body(order_number="SO-2")).status_code == 201


@pytest.mark.parametrize("key", [None, "", " ", "k" * 256, "k\u00e9y"])
def test_a_request_without_a_good_key_is_refused(key: str | None) -> None:
    refusal(post(body(), key=key), 400, "idempotency_key_missing")

    assert not Purchase.objects.exists()


def test_other_content_of_an_order_is_a_conflict() -> None:
    post(body())

    refusal(post(body(seats=200), key="k-2"), 409, "order_changed")

    assert Purchase.objects.get().seats == 100
    assert not IdempotentAnswer.objects.exclude(status=201).exists()


def test_a_key_of_another_license_is_a_conflict() -> None:
    post(body(key="0123456789ABCDEF"))

    again = post(body(order_number="SO-2", key="0123456789ABCDEF"), key="k-2")

    refusal(again, 409, "key_taken")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"seats": "100"}, "/seats"),
        ({"seats": 0}, "/seats"),
        ({"seats": True}, "/seats"),
        ({"seats": 1.5}, "/seats"),
        ({"channel": "phone"}, "/channel"),
        ({"company": "=1+1"}, "/company"),
        ({"company": None}, "/company"),
        ({"primary_email": "peter"}, "/primary_email"),
        ({"starts_on": "01.11.2026"}, "/starts_on"),
        ({"starts_on": "1026-11-01"}, "/starts_on"),
        ({"ends_on": "2026-10-31"}, "/ends_on"),
        ({"kind": "permanent"}, "/ends_on"),
        ({"version": "twenty"}, "/version"),
        ({"key": "?"}, "/key"),
        ({"discount": 5}, "/discount"),
    ],
)
def test_a_wrong_field_is_named(facts: dict[str, Any], pointer: str) -> None:
    problem = refusal(post(body(**facts)), 422, "fields_invalid")

    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert not Purchase.objects.exists()


def test_the_rules_of_the_csv_hold_and_so_does_its_identity() -> None:
    post(body())

    again = post(body(company=" Initech ", ends_on="2027-10-31", version=None), key="k-2")

    assert again.status_code == 200


@pytest.mark.parametrize("token", ["wrong", "x" * 500, "rasi_" + "A" * 43])
def test_a_wrong_token_is_refused(token: str) -> None:
    refusal(post(body(), token=token), 401, "token_invalid")

    assert not Purchase.objects.exists()


def test_an_instances_token_records_no_purchase(farm: LicensedInstance) -> None:
    refusal(post(body(), token=farm.asker.token), 401, "token_invalid")


def test_no_token_is_refused() -> None:
    answer = Client().post("/api/v1/purchases", json.dumps(body()), content_type="application/json")

    refusal(answer, 401, "token_missing")


def test_without_the_setting_nobody_records(settings: Any) -> None:
    vendor = settings.PORTAL_VENDOR_TOKEN
    settings.PORTAL_VENDOR_TOKEN = ""

    refusal(post(body(), token=vendor), 401, "token_invalid")


def test_the_vendor_asks_120_times_a_minute() -> None:
    answers = [post({}, key=f"k-{n}") for n in range(121)]  # what is refused counts, too

    assert {answer.status_code for answer in answers[:120]} == {422}
    refusal(answers[120], 429, "limit_reached")
    assert answers[120]["Retry-After"]


@pytest.mark.django_db(transaction=True)
def test_a_request_and_its_retry_at_the_same_time_get_one_answer() -> None:
    outcomes = run_concurrently(*[lambda: post(body())] * 4)

    assert not refusals(outcomes)
    answers: list[Any] = outcomes
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert BusinessAccount.objects.count() == Purchase.objects.count() == 1
    assert OutboxMail.objects.count() == 1
