"""Whoever tried the portal before its rooms were drawn again keeps their data directory."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from tests.onboarding.embedded.old_database import PAGES

DUMP: Final = Path(__file__).with_name("data") / "before_the_rooms.sql"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory as the release before left it."""
    with sqlite3.connect(tmp_path / "portal.sqlite3") as database:
        database.executescript(DUMP.read_text("utf-8"))
    database.close()
    return tmp_path


def test_alice_finds_everything_in_a_data_directory_of_before(data: Path) -> None:
    blank = dict.fromkeys(["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"], "")
    own = {
        "DJANGO_SETTINGS_MODULE": "onboarding.settings",
        "PORTAL_DATA_DIR": str(data),
        "PORTAL_ORIGIN": "http://localhost:8000",
    }

    seen = subprocess.run(
        [sys.executable, "-m", "tests.onboarding.embedded.old_database"],
        cwd=settings.BASE_DIR,
        env=os.environ | blank | own,
        capture_output=True,
        check=False,
        text=True,
    )

    assert seen.returncode == 0, seen.stderr
    statuses = json.loads(seen.stdout.splitlines()[-1])
    assert set(statuses.values()) == {200}
    assert len(statuses) == len(PAGES) + 13, "five licenses and eight instances, each with its page"
    with sqlite3.connect(data / "portal.sqlite3") as database:
        assert rows(database, "accounts_supportmessage") == 1
        assert rows(database, "accounts_errand") == 1
        assert rows(database, "accounts_user") == 9
    database.close()


def rows(database: sqlite3.Connection, table: str) -> int:
    count: int = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    return count
