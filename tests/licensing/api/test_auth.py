"""Who is heard: bearers of a living token, at the addresses that it is for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.directory.models import User
from accounts.limits.models import RateCounter
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Heartbeat
from licensing.protocol import tokens
from tests.licensing.api.licensed_instance import ApiClient, LicensedInstance, facts, refusal
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db
OF_INSTANCES = [
    ("get", "/instance"),
    ("get", "/instance/license"),
    ("post", "/instance/check-ins"),
    ("post", "/instance/deactivate"),
]
ALL = [*OF_INSTANCES, ("post", "/activations")]


def _ask(asker: ApiClient, method: str, path: str) -> Response:
    body = facts() if path == "/activations" else {"version": "20.0"}
    return asker.get(path) if method == "get" else asker.post(path, body)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token rasi_x", "bearer"],
    ids=str,
)
def test_without_a_token_nobody_is_heard(farm: LicensedInstance, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    for method, path in ALL:
        response = getattr(Client(), method)(f"/api/v1{path}", headers=headers)

        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"].startswith('Bearer realm="portal"')


@pytest.mark.parametrize(
    "token",
    [
        "rasi_" + "x" * 43,
        "rase_" + "x" * 43,
        "rasd_" + "x" * 43,
        "rasi_",
        "rasi_" + "a" * 5000,
        "rasi_" + "a" * 42 + "é",
        "' OR 1=1 --",
        "null",
    ],
    ids=lambda token: token[:12],
)
def test_a_made_up_token_is_worth_nothing_and_leaves_nothing(
    farm: LicensedInstance, token: str
) -> None:
    before = RateCounter.objects.count()

    for method, path in ALL:
        response = _ask(ApiClient(token), method, path)

        refusal(response, 401, "token_invalid")
        assert 'error="invalid_token"' in response["WWW-Authenticate"]
    assert RateCounter.objects.count() == before


@pytest.mark.parametrize(("method", "path"), OF_INSTANCES)
def test_an_enrollment_token_is_no_instance(machine: ApiClient, method: str, path: str) -> None:
    problem = refusal(_ask(machine, method, path), 401, "token_invalid")

    assert "an instance's token" in problem["detail"]


def test_an_instance_enrolls_nobody(farm: LicensedInstance) -> None:
    problem = refusal(farm.asker.post("/activations", facts()), 401, "token_invalid")

    assert "an enrollment token" in problem["detail"]


@pytest.mark.parametrize(("method", "path"), ALL)
def test_a_signed_in_administrator_is_a_stranger_here(
    farm: LicensedInstance, alice: User, sign_in: SignIn, method: str, path: str
) -> None:
    browser = sign_in(alice)

    response = getattr(browser, method)(f"/api/v1{path}")

    refusal(response, 401, "token_missing")


def test_a_revoked_enrollment_token_is_refused_before_its_body_is_read(
    machine: ApiClient, alice: User, now: datetime
) -> None:
    enrollment.revoke(token=EnrollmentToken.objects.get(), by=alice, now=now)

    refusal(machine.post("/activations", b"{"), 403, "enrollment_ended")


def test_an_expired_enrollment_token_is_refused(machine: ApiClient) -> None:
    EnrollmentToken.objects.update(expires_at=timezone.now())

    refusal(machine.post("/activations", facts()), 403, "enrollment_ended")


def test_a_token_may_ask_120_times_a_minute(farm: LicensedInstance, machine: ApiClient) -> None:
    answers = [farm.asker.get("/instance/license").status_code for _ in range(120)]

    response = farm.asker.get("/instance/license")

    assert set(answers) == {200}
    refusal(response, 429, "limit_reached")
    assert response["Retry-After"] == "60"
    assert machine.post("/activations", facts()).status_code == 201


def test_the_limit_is_over_after_a_minute(farm: LicensedInstance) -> None:
    for _ in range(121):
        farm.asker.get("/instance/license")

    Heartbeat.objects.update(requests_since=timezone.now() - timedelta(seconds=61))

    assert farm.asker.get("/instance/license").status_code == 200


def test_check_ins_count_as_well_whether_they_are_good_or_not(farm: LicensedInstance) -> None:
    for _ in range(40):
        farm.asker.post("/instance/check-ins", {"version": "20.0"})
        farm.asker.post("/instance/check-ins", {"version": "?"})
        farm.asker.post("/instance/check-ins", b"{")

    response = farm.asker.post("/instance/check-ins", {"version": "20.0"})

    refusal(response, 429, "limit_reached")


def test_no_token_stands_in_the_counts(machine: ApiClient) -> None:
    machine.post("/activations", facts())

    key = " ".join(RateCounter.objects.values_list("key", flat=True))
    assert key
    assert machine.token not in key
    assert tokens.digest(machine.token) not in key
