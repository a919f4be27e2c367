"""Under /api/ no cookie counts, nothing is cached, and whatever goes wrong is a problem."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting
from licensing.activation.device.views import GRANT_TYPE
from licensing.fleet.reading import reporting
from tests.licensing.api.licensed_instance import LicensedInstance, house, refusal
from tests.limits.sample_portal import FORM
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm(acme: BusinessAccount, now: datetime) -> LicensedInstance:
    return house(acme, now=now)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v2/instance", "/api/v1/instance/", "/api/v1/licenses"]
)
def test_an_address_that_is_none_is_a_problem(path: str) -> None:
    refusal(Client().get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "trace"])
def test_another_method_is_a_problem_that_names_the_right_one(
    farm: LicensedInstance, method: str
) -> None:
    response = getattr(Client(), method)("/api/v1/instance/check-ins")

    refusal(response, 405, "method_not_allowed")
    assert response["Allow"]


def test_a_nul_in_the_address_is_a_problem() -> None:
    refusal(Client().get("/api/v1/instance?a=%00"), 400, "bad_request")


def test_another_host_is_a_problem() -> None:
    refusal(Client().get("/api/v1/instance", headers={"Host": "evil.example"}), 400, "bad_request")


def test_a_page_of_another_site_is_refused_as_a_problem(farm: LicensedInstance) -> None:
    response = Client().post(
        "/api/v1/instance/deactivate",
        headers={"Sec-Fetch-Site": "cross-site", "Authorization": f"Bearer {farm.asker.token}"},
    )

    refusal(response, 403, "forbidden")


def test_what_breaks_is_a_problem_with_a_reference(
    farm: LicensedInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, ZeroDivisionError("secret"))
    client = Client(raise_request_exception=False)

    response = client.get(
        "/api/v1/instance", headers={"Authorization": f"Bearer {farm.asker.token}"}
    )

    problem = refusal(response, 500, "server_error")
    assert "secret" not in str(problem)


def test_a_database_that_is_away_is_no_answer_about_the_license(
    farm: LicensedInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, OperationalError("connection refused"))
    client = Client(raise_request_exception=False)

    response = client.get(
        "/api/v1/instance", headers={"Authorization": f"Bearer {farm.asker.token}"}
    )

    refusal(response, 503, "unavailable")
    assert response["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("broken", "status", "error"),
    [
        (OperationalError("connection refused"), 503, "temporarily_unavailable"),
        (ZeroDivisionError("secret"), 500, "server_error"),
    ],
    ids=["away", "broken"],
)
def test_what_breaks_below_oauth_is_an_oauth_error(
    broken: Exception, status: int, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "poll", Mock(side_effect=broken))
    client = Client(raise_request_exception=False)
    poll = {"client_id": "ras-console", "grant_type": GRANT_TYPE, "device_code": "rasd_" + "a" * 43}

    response = client.post("/oauth/token", urlencode(poll), content_type=FORM)

    assert response.status_code == status
    assert response.json()["error"] == error
    assert "secret" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response.get("Retry-After") == ("60" if status == 503 else None)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/oauth/token?a=%00", {}, 400),
        ("/oauth/token", {"Host": "evil.example"}, 400),
        ("/oauth/token", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/oauth/nowhere", {}, 404),
    ],
)
def test_what_is_refused_before_an_oauth_endpoint_is_an_oauth_error(
    path: str, headers: dict[str, str], status: int
) -> None:
    response = Client().post(path, headers=headers)

    assert response.status_code == status
    assert response.json()["error"] == "invalid_request"


def test_no_answer_sets_a_cookie_or_may_be_kept(
    farm: LicensedInstance, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    headers = {"Authorization": f"Bearer {farm.asker.token}"}

    answers = [
        browser.get("/api/v1/instance", headers=headers),
        browser.post("/api/v1/instance/deactivate", headers=headers),
        browser.get("/api/v1/instance/license", headers=headers),
        browser.get("/api/v1/nowhere"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 403, 404]
    for answer in answers:
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_keep_their_own_errors() -> None:
    response = Client().get("/nowhere/")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


def _break(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(reporting, "of_token", broken)
