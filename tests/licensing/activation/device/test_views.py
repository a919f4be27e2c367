"""The two endpoints of the device flow, as a console meets them (RFC 8628)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.documents import documents
from licensing.licenses.models import Activation
from licensing.protocol import tokens
from tests.licensing import license_factories
from tests.licensing.activation.device.console import (
    ASK,
    DETAIL,
    POLL,
    UPGRADE,
    asking,
    is_refused,
    polling,
    send,
    without,
)

pytestmark = pytest.mark.django_db


def approved(account: BusinessAccount, by: User, now: datetime) -> Activation:
    """What the person answers: yes, under a subscription."""
    license = license_factories.subscription(account, now=now)
    return requests.approve(
        request=ActivationRequest.objects.get(),
        account=account,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=by,
        now=now,
    )


def opened() -> str:
    """The device code of a fresh request."""
    return str(send(ASK, asking()).json()["device_code"])


def test_a_console_gets_its_codes() -> None:
    answer = send(ASK, asking())

    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Pragma"] == "no-cache"
    assert not answer.cookies
    assert re.fullmatch(r"rasd_[\w-]{43}", body["device_code"])
    assert re.fullmatch(r"[BCDFGHJ-NP-TVWXZ]{4}-[BCDFGHJ-NP-TVWXZ]{4}", body["user_code"])
    assert body["verification_uri"] == "http://testserver/activate/"
    assert body["verification_uri_complete"] == (
        f"http://testserver/activate/?code={body['user_code']}"
    )
    assert (body["expires_in"], body["interval"]) == (1800, 5)


def test_the_request_holds_what_the_console_said() -> None:
    said = UPGRADE | {"key_hint": "ras1-00000-00000-00000-00000"}

    answer = send(ASK, asking(said)).json()

    request = ActivationRequest.objects.get()
    assert str(request.instance_id) == said["instance_id"]
    assert (request.mode, request.version, request.from_version) == ("upgrade", "20.0", "19.4")
    assert (request.instance_name, request.host) == ("Farm One", "ras1.acme.example")
    assert request.key_hint == "RAS1-00000-00000-00000-00000"
    assert request.address == "127.0.0.1"
    assert request.user_code == tokens.read_user_code(answer["user_code"])
    assert request.device_code_digest == tokens.digest(answer["device_code"])
    assert request.expires_at - request.created_at == timedelta(minutes=30)


def test_the_scope_may_be_left_out() -> None:
    assert send(ASK, without(asking(), "scope")).status_code == 200
    assert send(ASK, asking(scope="")).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (without(asking(), "client_id"), "invalid_request"),
        (asking(client_id="somebody"), "invalid_client"),
        (asking(scope="activate admin"), "invalid_scope"),
        (without(asking(), "authorization_details"), "invalid_request"),
        (asking(authorization_details="{}"), "invalid_authorization_details"),
    ],
)
def test_a_wrong_request_opens_nothing(parameters: dict[str, Any], error: str) -> None:
    assert is_refused(send(ASK, parameters), error)
    assert not ActivationRequest.objects.exists()


def test_so_many_consoles_wait_at_once_and_the_next_is_told_when_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "MAX_WAITING_REQUESTS", 2)

    answers = [send(ASK, asking()) for _request in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert is_refused(answers[2], "temporarily_unavailable", 503)
    assert answers[2]["Retry-After"] == "600"
    assert ActivationRequest.objects.count() == 2


def test_an_address_asks_thirty_times_in_ten_minutes() -> None:
    answers = [send(ASK, asking()) for _request in range(31)]

    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert is_refused(answers[30], "temporarily_unavailable", 429)
    assert answers[30]["Retry-After"] == "600"
    assert ActivationRequest.objects.count() == 30


def test_a_refused_request_isnt_counted() -> None:
    for _request in range(40):
        send(ASK, asking({"type": "other"}))

    assert send(ASK, asking()).status_code == 200


def test_a_console_waits_and_collects(acme: BusinessAccount, alice: User, now: datetime) -> None:
    code = opened()

    waiting = send(POLL, polling(code))
    activation = approved(acme, alice, now)
    answer = send(POLL, polling(code))
    again = send(POLL, polling(code))

    assert is_refused(waiting, "authorization_pending")
    assert waiting.json()["interval"] == 5
    assert 1790 <= waiting.json()["expires_in"] <= 1800
    body = answer.json()
    assert answer.status_code == 200
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")
    assert not answer.cookies
    assert (body["token_type"], body["scope"]) == ("Bearer", "activate")
    assert activation.instance.pk == stock_instance(body["access_token"])
    (detail,) = body["authorization_details"]
    assert without(detail, "license") == DETAIL | {"activation_id": str(activation.public_id)}
    claims = documents.read_license(detail["license"], now=timezone.now())
    assert claims["sub"] == DETAIL["instance_id"]
    assert is_refused(again, "invalid_grant")


def stock_instance(token: str) -> int:
    """The instance that a token stands for."""
    return int(Activation.objects.get(instance__token_digest=tokens.digest(token)).instance_id)


def test_an_upgrade_says_where_it_came_from(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    code = send(ASK, asking(UPGRADE)).json()["device_code"]
    approved(acme, alice, now)

    (detail,) = send(POLL, polling(code)).json()["authorization_details"]

    assert (detail["mode"], detail["from_version"], detail["version"]) == (
        "upgrade",
        "19.4",
        "20.0",
    )


def test_polling_too_fast_is_told_the_new_interval() -> None:
    code = opened()

    send(POLL, polling(code))
    second, third = send(POLL, polling(code)), send(POLL, polling(code))

    assert is_refused(second, "slow_down")
    assert (second.json()["interval"], third.json()["interval"]) == (10, 15)
    assert ActivationRequest.objects.get().interval == 15


def test_a_hand_over_is_heard_at_the_next_poll(
    acme: BusinessAccount, mia: User, now: datetime
) -> None:
    code = opened()
    requests.hand_over(request=ActivationRequest.objects.get(), account=acme, by=mia, now=now)

    answer = send(POLL, polling(code))

    assert is_refused(answer, "authorization_pending")
    assert 86_000 < answer.json()["expires_in"] <= 86_400


def test_a_denied_console_is_told_so(alice: User, now: datetime) -> None:
    code = opened()
    requests.deny(request=ActivationRequest.objects.get(), by=alice, now=now)

    assert is_refused(send(POLL, polling(code)), "access_denied")


def test_an_expired_code_is_told_so(now: datetime) -> None:
    license_factories.request(now=now - timedelta(minutes=30), device_code="rasd_late")

    assert is_refused(send(POLL, polling("rasd_late")), "expired_token")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (polling("rasd_unknown"), "invalid_grant"),
        (polling(""), "invalid_request"),
        (without(polling("x"), "grant_type"), "invalid_request"),
        (polling("x", grant_type="password"), "unsupported_grant_type"),
        (polling("x", grant_type="client_credentials"), "unsupported_grant_type"),
        (polling("x", grant_type="authorization_code"), "unsupported_grant_type"),
        (polling("x", grant_type="refresh_token"), "unsupported_grant_type"),
        (polling("x", client_id="somebody"), "invalid_client"),
        (without(polling("x"), "client_id"), "invalid_request"),
    ],
)
def test_a_wrong_poll_is_refused_by_name(parameters: dict[str, str], error: str) -> None:
    assert is_refused(send(POLL, parameters), error)


def test_asking_and_polling_cost_few_queries() -> None:
    with CaptureQueriesContext(connection) as ask:
        code = opened()
    with CaptureQueriesContext(connection) as poll:
        send(POLL, polling(code))

    assert len(ask) <= 5  # the limit, and the row in a savepoint
    assert len(poll) == 2
