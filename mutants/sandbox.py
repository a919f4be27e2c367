"""A copy of the checkout, with a migrated database, where mutants live and tests run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

# Plugins that no test of a module needs; without them a run begins in a second.
WITHOUT: Final = [f"-pno:{name}" for name in ("schemathesis", "xdist", "cacheprovider", "doctest")]
PYTEST: Final = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "--tb=no", *WITHOUT]
# A test that needs the database and nothing else; it leaves what the migrations made.
MIGRATES: Final = "tests/licensing/licenses/actions/test_suspension.py"
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class TestsFailed(RuntimeError):
    """Tests fail without any mutant, now this one and now that one."""


class Sandbox:
    """The copy; the working directory while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.code, self.home = folder, folder / "code", Path.cwd()

    def __enter__(self) -> Self:
        _copy_to(self.code)
        os.chdir(self.code)
        # By hash: a mutant may be as old and as long as what it replaces.
        compiling = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
        packages = ["accounts", "licensing", "onboarding", "tests"]
        subprocess.run([sys.executable, *compiling, *packages], check=True)
        os.environ |= {
            "PORTAL_TEST_EMBEDDED": "1",
            "PORTAL_TEST_SQLITE": str(self.folder / "run.sqlite3"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        subprocess.run([*PYTEST, MIGRATES], check=True, stdout=subprocess.DEVNULL)
        shutil.move(self.folder / "run.sqlite3", self.folder / "migrated.sqlite3")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        os.chdir(self.home)

    def test_command(self, tests: list[str]) -> tuple[str, float]:
        """The command that runs `tests`, and how many seconds it takes without a mutant.

        What fails without one, because it needs PostgreSQL, is left out. Raises TestsFailed.
        """
        command, seconds, output = self._run(tests)
        if left_out := [f"--deselect={name}" for name in FAILED.findall(output)]:
            command, seconds, output = self._run([*tests, *left_out])
        if FAILED.search(output):
            raise TestsFailed(output)
        return command, seconds

    def _run(self, arguments: list[str]) -> tuple[str, float, str]:
        """Which command it was, how many seconds it took, and what it said."""
        began = time.monotonic()
        done = subprocess.run(self._fresh(arguments), capture_output=True, text=True, check=False)
        command = shlex.join(self._fresh(["-x", *arguments]))
        return command, time.monotonic() - began, done.stdout

    def _fresh(self, arguments: list[str]) -> list[str]:
        run, kept = self.folder / "run.sqlite3", self.folder / "migrated.sqlite3"
        script = f'rm -f {run}-wal {run}-shm; cp {kept} {run}; exec "$@"'
        return ["sh", "-c", script, "sh", *PYTEST, *arguments]


def _copy_to(folder: Path) -> None:
    """Copy what git would commit: files it knows, and new ones it doesn't ignore."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if Path(name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, folder / name)
