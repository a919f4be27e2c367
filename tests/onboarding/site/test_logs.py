"""What a log line says, and what it never says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MARKER = "MARKERTOKEN0123456789"
FORGED = 'x\r\n{"event": "authn_login_success", "actor": "1"}\x1b[2J'
# Runs in a process of its own: the logging of this one belongs to pytest.
SCRIPT = f"""
import django; django.setup()
from unittest.mock import patch
from urllib.parse import urlencode
from django.test import Client
browser = Client(raise_request_exception=False, HTTP_HOST="portal.example.com")
secure = {{"secure": True}}
FORM = "application/x-www-form-urlencoded"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
browser.get("/healthz", **secure)
browser.cookies["__Host-csrf"] = "a" * 32
browser.post("/invitations/{MARKER}/", {{"x": "y" * 1_100_000}}, **secure)
browser.get("/start/?task={MARKER}", **secure)
browser.post("/accounts/login/", {{"login": "a@b.example", "password": "{MARKER}"}}, **secure)
asking = {{"client_id": "ras-console", "authorization_details": '[{{"type": "{MARKER}"}}]'}}
browser.post("/oauth/device_authorization", urlencode(asking), content_type=FORM, **secure)
polling = {{"client_id": "ras-console", "grant_type": GRANT, "device_code": "{MARKER}"}}
browser.post("/oauth/token", urlencode(polling), content_type=FORM, **secure)
browser.post("/oauth/token?device_code={MARKER}", b"", content_type=FORM, **secure)
browser.get("/activate/?code={MARKER}", **secure)
from accounts.web import security_log
security_log.done(None, security_log.LOGIN_SUCCESS, {FORGED!r})
broken = RuntimeError("broken on purpose")
with patch("onboarding.overview.views.home.redirect", side_effect=broken):
    browser.get("/?next={MARKER}", **secure)
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Standard error of a few requests under the settings of production."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "onboarding.settings",
        "PORTAL_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "PORTAL_ORIGIN": "https://portal.example.com",
        "SECRET_KEY": "logs-" * 15,
        "PORTAL_SEED_KEYS": os.environ["PORTAL_SEED_KEYS"],
        "PORTAL_LICENSE_KEY": os.environ["PORTAL_LICENSE_KEY"],
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "EMAIL_URL": "smtp://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return [line for line in done.stderr.splitlines() if line.startswith("{")]


def test_every_line_is_json_with_the_requests_reference(lines: list[str]) -> None:
    events = [json.loads(line) for line in lines]
    assert len(events) >= 3
    assert all(event["request_id"] for event in events if event["event"] == "request")


def test_every_line_says_its_time_in_utc(lines: list[str]) -> None:
    times = [json.loads(line)["timestamp"] for line in lines]
    assert all(datetime.fromisoformat(time).utcoffset() == timedelta() for time in times)


def test_no_line_carries_a_token_a_query_or_a_password(lines: list[str]) -> None:
    assert [line for line in lines if MARKER in line] == []


def test_a_failed_page_leaves_its_traceback(lines: list[str]) -> None:
    (failed,) = [json.loads(line) for line in lines if "broken on purpose" in line]
    assert failed["event"] == "page_failed"
    assert "Traceback" in failed["exception"]


def test_what_somebody_typed_forges_no_line(lines: list[str]) -> None:
    (line,) = [line for line in lines if '"reason": "x' in line]

    told = json.loads(line)
    assert told["reason"] == FORGED
    assert (told["logger"], told["level"]) == ("portal.security", "info")
    assert {"event", "actor", "account", "network", "timestamp"} <= set(told)
    assert [one for one in lines if one.startswith('{"event": "authn_login_success", "a')] == []
