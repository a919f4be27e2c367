"""No process of the portal starts with settings that would be dangerous: each says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from tests.services import free_port

pytestmark = [pytest.mark.processes]

GOOD: Final = "qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx0DyLkMnQe"
WEB: Final = ("-m", "granian", "onboarding.wsgi:application", "--interface", "wsgi", "--port")
WORKER: Final = ("-m", "celery", "--quiet", "--app", "onboarding", "worker", "--pool", "solo")
BEAT: Final = ("-m", "celery", "--quiet", "--app", "onboarding", "beat", "--pidfile=")
MIGRATE: Final = ("manage.py", "migrate")
UP: Final = ("manage.py", "up")


def start(folder: Path, *command: str, **given: str) -> subprocess.CompletedProcess[str]:
    """A process of a production portal that is otherwise in order."""
    port = [str(free_port())] if command[-1] == "--port" else []
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_ORIGIN": "https://portal.example.com",
        "PORTAL_DATA_DIR": str(folder),
        "SECRET_KEY": GOOD,
        "PORTAL_SEED_KEYS": GOOD[::-1],
        "PORTAL_LICENSE_KEY": os.environ["PORTAL_LICENSE_KEY"],
        "DATABASE_URL": "postgres://portal@127.0.0.1:9/portal",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "PORTAL_TRUSTED_PROXIES": "1",
        **given,
    }
    return subprocess.run(
        [sys.executable, *command, *port],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", [WEB, WORKER, BEAT, MIGRATE, UP], ids=" ".join)
def test_a_guessable_key_stops_every_process(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = start(tmp_path, *command, SECRET_KEY="changeme")

    assert ended.returncode not in (0, -9), ended
    assert "Set SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("command", "given", "said"),
    [
        (WEB, {"DEBUG": "1"}, "DEBUG must be off"),
        (WORKER, {"DEBUG": "1"}, "DEBUG must be off"),
        (WEB, {"SECRET_KEY": ""}, "Set SECRET_KEY"),
        (WORKER, {"SECRET_KEY": ""}, "Set SECRET_KEY"),
        (MIGRATE, {"PORTAL_LICENSE_KEY": ""}, "Set PORTAL_LICENSE_KEY_FILE"),
        (MIGRATE, {"PORTAL_SEED_KEYS": ""}, "Set PORTAL_SEED_KEYS"),
        (WEB, {"PORTAL_SEED_KEYS": "clear"}, "PORTAL_SEED_KEYS needs at least one key"),
        (WEB, {"PORTAL_VENDOR_TOKEN": "vendor"}, "Set PORTAL_VENDOR_TOKEN"),
    ],
)
def test_one_sentence_names_what_to_set(
    tmp_path: Path, command: tuple[str, ...], given: dict[str, str], said: str
) -> None:
    ended = start(tmp_path, *command, **given)

    assert ended.returncode not in (0, -9), ended
    assert [line for line in ended.stderr.splitlines() if said in line]
    assert "Traceback" not in ended.stderr


def test_web_starts_without_the_workers_clients(tmp_path: Path) -> None:
    """Celery, Redis' client and the mail providers' took a third of the start and of the memory."""
    listing = "import sys, onboarding.rsgi; print(*sys.modules)"

    ended = start(tmp_path, "-c", listing)

    assert ended.returncode == 0, ended.stderr
    loaded = set(ended.stdout.split())
    assert {"django", "allauth", "ninja"} <= loaded
    assert not loaded & {"celery", "kombu", "redis", "requests", "urllib3", "anymail.utils"}
    assert not loaded & {"smtplib", "accounts.outbox.delivery", "accounts.outbox.transport"}
    assert "prometheus_client" not in loaded
