from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

from accounts.directory.models import User
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_every_response_carries_a_reference(client: Client) -> None:
    assert re.fullmatch(r"[2-9A-Z]{3}-[2-9A-Z]{4}", client.get("/accounts/login/")["X-Request-Id"])


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver:8001",
        "testserver.",
        "TESTSERVER:99999",
        "testserver.evil.example",
        "localhost",
        "a" * 300,
        "",
    ],
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    response = client.get("/accounts/login/", headers={"host": host})
    assert response.status_code == 400
    assert b"evil.example" not in response.content


@override_settings(PORTAL_EMBEDDED=True, PORTAL_ORIGIN="http://localhost:8000")
def test_another_loopback_name_leads_to_the_origin(client: Client) -> None:
    response = client.get("/start/?task=activate", headers={"host": "127.0.0.1:8000"})
    assert response.status_code == 302
    assert response["Location"] == "http://localhost:8000/start/?task=activate"
    assert client.post("/accounts/login/", headers={"host": "127.0.0.1:8000"}).status_code == 400


def test_probes_may_use_any_host(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize("address", ["/start/?task=%00", "/b/acme%00/", "/mailbox/?to=a%00b"])
def test_nul_bytes_are_refused(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_form_from_another_site_is_refused(client: Client) -> None:
    response = client.post(
        "/accounts/login/", {"login": "a@b.example"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert response.status_code == 403


def test_pages_of_a_session_stay_out_of_caches(alice: User, sign_in: SignIn) -> None:
    assert "no-store" in sign_in(alice).get("/b/", follow=True)["Cache-Control"]


def test_the_policy_allows_nothing_inline(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_form_without_its_token_gets_the_designed_page(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert b"<h1" in response.content


def test_the_address_of_a_button_opened_by_hand_says_so(client: Client) -> None:
    by_hand = client.get("/accounts/logout/", headers={"accept": "text/html"})
    by_a_script = client.get("/accounts/logout/", headers={"accept": "application/json"})

    assert by_hand.status_code == by_a_script.status_code == 405
    assert by_hand["Allow"] == "POST"
    assert "Use the button for this" in by_hand.content.decode()
    assert by_a_script.content == b""
