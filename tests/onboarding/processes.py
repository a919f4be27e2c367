"""Start `manage.py up` as a person would, and see every process it leaves."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings

from tests.services import free_port

MARK: Final = "PORTAL_TEST_MARK"


@dataclass
class Portal:
    """One portal of its own, started by `manage.py up`, with its data in `folder`."""

    folder: Path
    settings_given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def start(self, stdin: int = subprocess.DEVNULL) -> None:
        self.output = self.folder / "output.txt"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=settings.BASE_DIR,
                env=self._environment(),
                stdin=stdin,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        # What the test run exports is not what a person has; what a .env says must not count.
        ours = {name for name in os.environ if name.startswith(("PORTAL_", "PYTEST_", "DJANGO_"))}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        blank = dict.fromkeys(["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"], "")
        own = {
            "PORT": str(self.port),
            "PORTAL_ORIGIN": f"http://localhost:{self.port}",
            "PORTAL_DATA_DIR": str(self.folder / "data"),
            MARK: self.mark,
        }
        return {**kept, **blank, **own, **self.settings_given}

    def said(self) -> str:
        return self.output.read_text()

    def answers(self) -> bool:
        return self.status("/healthz") == http.HTTPStatus.OK

    def status(self, path: str) -> int | None:
        # Shorter than the 20 seconds after which half-sent requests are given up: who waits for
        # those gets no answer.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def pids(self, *words: str) -> set[int]:
        """Every living process that came from this start and has all `words` in its command."""
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _belongs(entry, f"{MARK}={self.mark}", words):
                found.add(int(entry.name))
        return found

    def pid(self, *words: str) -> int | None:
        return min(self.pids(*words), default=None)

    def wait(self, seconds: float = 20) -> int:
        return self.process.wait(seconds)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        """End everything, whatever state the test left it in."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):  # it ended with another one
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def until(true: Callable[[], object], *, within: float) -> bool:
    """True as soon as `true()` is; False when it isn't within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


def _belongs(entry: Path, mark: str, words: tuple[str, ...]) -> bool:
    try:
        environment = (entry / "environ").read_bytes()
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, ProcessLookupError):
        return False
    marked = mark.encode() in environment.split(b"\0")
    return marked and bool(command) and all(word in command for word in words)
