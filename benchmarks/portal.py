"""A portal of its own for a measurement, in either form; everything stays on 127.0.0.1."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from tests import services
from tests.onboarding.processes import until

ROOT: Final = Path(__file__).resolve().parent.parent
EMBEDDED: Final = "embedded"
PRODUCTION: Final = "production"
MODES: Final = (EMBEDDED, PRODUCTION)
START_SECONDS: Final = 60


@contextmanager
def running(mode: str) -> Iterator[int]:
    """The port of a fresh portal: `manage.py up`, or the Dockerfile's command on two servers."""
    port = services.free_port()
    with tempfile.TemporaryDirectory(prefix="portal-benchmark-") as folder:
        environment = _environment(mode, port, folder)
        process = _start(mode, port, environment, Path(folder) / "output.txt")
        try:
            if not until(lambda: is_alive(port), within=START_SECONDS):
                sys.exit((Path(folder) / "output.txt").read_text())
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def is_alive(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _environment(mode: str, port: int, folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    own = {
        "PORT": str(port),
        "PORTAL_ORIGIN": f"http://localhost:{port}",
        "PORTAL_DATA_DIR": folder,
        "PORTAL_TRUSTED_PROXIES": "1",  # so that one machine can look like many networks
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "",
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    if mode == PRODUCTION:
        services.provide()
        own["DATABASE_URL"] = _new_database(os.environ["DATABASE_URL"])
        own["REDIS_URL"] = os.environ["REDIS_URL"]
    return {**kept, **own}


def _new_database(server: str) -> str:
    name = f"benchmark_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{server.rpartition('/')[0]}/{name}"


def _start(
    mode: str, port: int, environment: dict[str, str], output: Path
) -> subprocess.Popen[bytes]:
    manage = [sys.executable, "manage.py"]
    with output.open("wb") as said:
        how = {"cwd": ROOT, "env": environment, "stdout": said, "stderr": said}
        if mode == EMBEDDED:
            return subprocess.Popen([*manage, "up"], **how)  # type: ignore[call-overload, no-any-return]
        for command in (["migrate", "--verbosity", "0"], ["createcachetable"]):
            subprocess.run([*manage, *command], check=True, **how)  # type: ignore[call-overload]
        return subprocess.Popen(_web_command(port), **how)  # type: ignore[call-overload, no-any-return]


def _web_command(port: int) -> list[str]:
    """What the image runs, on this machine."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    command: list[str] = json.loads(lines[-1].removeprefix("CMD "))
    command[command.index("--host") + 1] = "127.0.0.1"
    command[command.index("--port") + 1] = str(port)
    return [sys.executable, "-m", *command]
