"""What every answer says besides its body: no foreign code, no frames, no caching of sessions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

ORIGIN: Final = "https://portal.example.com"
DIRECTIVES: Final = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
EARLY: Final = {"bad host", "foreign host", "nul", "unknown method", "cross site"}
Told = dict[str, Any]


@pytest.fixture
def answers(alice: User, acme: BusinessAccount, sign_in: SignIn) -> dict[str, Any]:
    """One answer of each kind."""
    browser, stranger = sign_in(alice), Client(raise_request_exception=False)
    return {
        "page": stranger.get("/accounts/login/"),
        "own page": browser.get(f"/b/{acme.slug}/"),
        "invitation": stranger.get("/invitations/nonsense/"),
        "redirect": stranger.get(f"/b/{acme.slug}/"),
        "missing": browser.get("/b/nobody/"),
        "bad method": browser.post(f"/b/{acme.slug}/"),
        "unknown method": browser.generic("FOO", "/start/"),
        "bad host": stranger.get("/", headers={"host": "evil.example"}),
        "nul": stranger.get("/start/?task=%00"),
        "cross site": browser.post(
            "/b/new/", {"name": "x"}, headers={"sec-fetch-site": "cross-site"}
        ),
        "no token": Client(enforce_csrf_checks=True).post("/support/"),
        "health": stranger.get("/healthz"),
    }


def test_every_answer_is_armored(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        headers = {key.lower(): value for key, value in answer.items()}

        assert _directives(headers) == DIRECTIVES, name
        _is_armored(name, headers)


def test_pages_of_a_session_are_kept_by_nobody(answers: dict[str, Any]) -> None:
    for name in ("own page", "missing", "bad method"):
        assert "no-store" in answers[name].get("Cache-Control", ""), name


def test_a_link_with_a_secret_is_told_to_nobody(answers: dict[str, Any]) -> None:
    reset = Client().get("/accounts/password/reset/key/1-wrong/")

    # Not no-referrer: browsers then post the page's own form with `Origin: null`.
    assert reset["Referrer-Policy"] == "strict-origin"
    assert answers["own page"]["Referrer-Policy"] == "same-origin"


@pytest.fixture(scope="module")
def production(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What a portal with production's settings answers, on this run's own database."""
    folder = tmp_path_factory.mktemp("production")
    result = subprocess.run(
        [sys.executable, "-m", "tests.architecture.production", ORIGIN],
        cwd=settings.BASE_DIR,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told: dict[str, Told] = json.loads(result.stdout.splitlines()[-1])
    return told


def test_production_is_armored(production: dict[str, Told]) -> None:
    for name, answer in production.items():
        if name == "style" or name.startswith("plain"):
            continue
        assert _directives(answer["headers"]) == DIRECTIVES, name
        _is_armored(name, answer["headers"])
        assert "max-age=31536000" in answer["headers"]["strict-transport-security"], name


def test_production_speaks_https_only(production: dict[str, Told]) -> None:
    assert production["plain http"]["status"] == 301
    assert production["plain http"]["headers"]["location"] == f"{ORIGIN}/accounts/login/"


def test_a_secret_sent_without_encryption_is_refused_and_never_led_on(
    production: dict[str, Told],
) -> None:
    for name in ("plain api", "plain oauth", "plain link", "plain reset", "plain form"):
        answer = production[name]
        assert answer["status"] == 403, name
        assert "location" not in answer["headers"], name
        assert answer["headers"]["cache-control"] == "no-store", name

    assert json.loads(production["plain api"]["body"])["code"] == "forbidden"
    assert "error" in json.loads(production["plain oauth"]["body"])
    assert "https://" in production["plain link"]["body"]


def test_productions_cookies_belong_to_this_host_alone(production: dict[str, Told]) -> None:
    cookies = production["page"]["cookies"] | production["refused"]["cookies"]

    assert {"__Host-csrf", "__Host-failures"} <= set(cookies)
    for name, flags in cookies.items():
        assert name.startswith("__Host-"), name
        assert flags["secure"], name
        assert flags["httponly"], name
        assert flags["samesite"] == "Lax", name
        assert (flags["path"], flags["domain"]) == ("/", ""), name


def test_production_refuses_a_foreign_host_and_has_no_mailbox(production: dict[str, Told]) -> None:
    assert production["foreign host"]["status"] == 400
    assert production["mailbox"]["status"] == 404


def test_productions_files_are_kept_forever(production: dict[str, Told]) -> None:
    """Their names change with their content."""
    headers = production["style"]["headers"]

    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def _directives(headers: dict[str, str]) -> set[str]:
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    return {part.strip() for part in policy.split(";") if part.strip()}


def _is_armored(name: str, headers: dict[str, str]) -> None:
    assert headers["x-content-type-options"] == "nosniff", name
    # Refused before Django's middleware for it: there the policy's frame-ancestors stands alone.
    if name not in EARLY:
        assert headers["x-frame-options"] == "DENY", name
    assert headers["referrer-policy"] in ("same-origin", "strict-origin"), name
    assert headers["cross-origin-opener-policy"] == "same-origin", name
    assert headers["x-request-id"], name


def _environment(folder: Path) -> dict[str, str]:
    database = connection.settings_dict
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "onboarding.settings",
        "PORTAL_ORIGIN": ORIGIN,
        "PORTAL_DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "LOG_LEVEL": "ERROR",
    }
