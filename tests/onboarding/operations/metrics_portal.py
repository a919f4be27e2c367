"""A production portal whose metrics are read: several processes of it, each counting."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings

from tests.services import scratch

TOKEN: Final = "mB6xQ1wZs8VnTr3KyLd5HgJf9PaCu2EiqZ7vL2mXc9Rt"
_ASK: Final = """
import sys
from onboarding.wsgi import application
from django.test import Client
browser = Client(raise_request_exception=False)
for path in sys.argv[2:]:
    browser.get(path)
given = {"Authorization": sys.argv[1]} if sys.argv[1] else {}
answer = browser.get("/metrics", headers={"host": "10.0.0.7:8000", **given})
print(answer.status_code, "prometheus_client" in sys.modules)
print(answer.content.decode())
"""


def ask(folder: Path, authorization: str, *visits: str, token: str = TOKEN) -> tuple[str, str]:
    """What a new process with that token answers after `visits`: the first line, and the rest."""
    first, _newline, rest = _run(folder, token, "-c", _ASK, authorization, *visits).partition("\n")
    return first, rest


@functools.cache
def _static_files() -> Path:
    """Collected once: pages that refuse need their style."""
    folder = scratch()
    _run(folder / "data", TOKEN, "manage.py", "collectstatic", "--noinput", static=folder)
    return folder


def _run(folder: Path, token: str, *words: str, static: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "PORTAL_ORIGIN": "https://portal.example.com",
            "PORTAL_DATA_DIR": str(folder),
            "STATIC_ROOT": str(static or _static_files()),
            "SECRET_KEY": TOKEN * 2,
            "PORTAL_SEED_KEYS": TOKEN[::-1],
            "PORTAL_LICENSE_KEY": os.environ["PORTAL_LICENSE_KEY"],
            "DATABASE_URL": "postgres://portal@127.0.0.1:9/portal",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "PORTAL_TRUSTED_PROXIES": "1",
            "PORTAL_METRICS_TOKEN": token,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
