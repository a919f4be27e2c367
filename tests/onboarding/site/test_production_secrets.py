"""`manage.py setup_production`: the first command of a production portal."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from licensing.documents import signing_keys
from onboarding.site import production_secrets

pytestmark = [pytest.mark.embedded]
ORIGIN: Final = "https://portal.example.com"


def manage(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """As on a new machine: nothing is set, and there's no database."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": "postgres://portal@127.0.0.1:9/p",
            **given,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def set_up(folder: Path, **given: str) -> str:
    done = manage(
        "setup_production",
        str(folder),
        **{"PORTAL_ORIGIN": ORIGIN, "PORTAL_DATA_DIR": str(folder / "data"), **given},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_makes_every_secret_before_there_is_anything(tmp_path: Path) -> None:
    said = set_up(tmp_path)

    values = production_secrets.settings_in((tmp_path / ".env").read_text())
    assert all(len(values[name]) >= 32 for name in production_secrets.MADE)
    assert len({values[name] for name in production_secrets.MADE}) == len(production_secrets.MADE)
    assert signing_keys.parse((tmp_path / "data" / "license_keys.json").read_text())
    assert not [name for name in production_secrets.MADE if values[name] in said]


def test_what_it_makes_is_for_its_owner_only(tmp_path: Path) -> None:
    set_up(tmp_path)

    files = [tmp_path / ".env", tmp_path / "data" / "license_keys.json"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]


def test_it_says_what_is_left_to_fill_in(tmp_path: Path) -> None:
    said = set_up(tmp_path)

    left = "PORTAL_ORIGIN, EMAIL_URL, DEFAULT_FROM_EMAIL, PORTAL_SUPPORT_URL, PORTAL_SUPPORT_EMAIL"
    assert f"Now fill in {left} in {tmp_path}/.env." in said


def test_it_never_overwrites(tmp_path: Path) -> None:
    set_up(tmp_path)
    files = [tmp_path / ".env", tmp_path / "data" / "license_keys.json"]
    before = [path.read_bytes() for path in files]

    said = set_up(tmp_path)

    assert [path.read_bytes() for path in files] == before
    assert "Everything was there already and stays as it is." in said


def test_it_fills_in_what_a_copied_example_lacks(tmp_path: Path) -> None:
    mine = f"SECRET_KEY={'s' * 60}\nPORTAL_SEED_KEYS=\nPORTAL_VENDOR_TOKEN_FILE=/run/vendor\n"
    (tmp_path / ".env").write_text(mine)

    set_up(tmp_path)

    values = production_secrets.settings_in((tmp_path / ".env").read_text())
    assert values["SECRET_KEY"] == "s" * 60
    assert len(values["PORTAL_SEED_KEYS"]) >= 32
    assert "PORTAL_VENDOR_TOKEN" not in values


def test_whoever_keeps_license_keys_elsewhere_goes_on_doing_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORTAL_LICENSE_KEY_FILE=/data/license_keys.json\n")

    set_up(tmp_path)

    assert not (tmp_path / "data" / "license_keys.json").exists()
    assert "PORTAL_CONTAINER_DATA" not in (tmp_path / ".env").read_text()


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = manage("setup_production", str(tmp_path / "file"), PORTAL_DATA_DIR=str(tmp_path / "d"))

    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_starts_with_what_it_made(tmp_path: Path) -> None:
    set_up(tmp_path)
    made = production_secrets.settings_in((tmp_path / ".env").read_text())

    done = manage("check", "--deploy", **{**made, "REDIS_URL": "redis://127.0.0.1:9/0"})

    assert done.returncode == 0, done.stderr
