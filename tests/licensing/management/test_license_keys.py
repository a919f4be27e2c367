"""The commands that make and rotate the keys that sign licenses."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from licensing.documents import documents, key_set_files, signing_keys

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
ROOT: Final = Path(__file__).resolve().parents[3]


def run(*words: str) -> str:
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "keys.json"
    run("make_license_key", str(path))
    settings.PORTAL_LICENSE_KEY_FILE = path
    return path


def test_the_first_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    said = run("make_license_key", str(path))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(signing_keys.parse(path.read_text())) == 1
    assert "PORTAL_LICENSE_KEY_FILE" in said
    assert json.loads(path.read_text())["keys"][0]["d"] not in said


def test_keys_that_exist_are_never_overwritten(key_file: Path) -> None:
    before = key_file.read_bytes()

    with pytest.raises(CommandError, match="stays as it is"):
        run("make_license_key", str(key_file))

    assert key_file.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be written: No such file"):
        run("make_license_key", str(tmp_path / "absent" / "keys.json"))


def test_in_production_the_first_keys_can_be_made_before_there_are_any(tmp_path: Path) -> None:
    blank = dict.fromkeys(["PORTAL_LICENSE_KEY", "PORTAL_LICENSE_KEY_FILE", "EMAIL_URL"], "")
    environment = {
        **os.environ,
        **blank,
        "DJANGO_SETTINGS_MODULE": "onboarding.settings",
        "PORTAL_ORIGIN": "https://portal.example.com",
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "make_license_key", str(tmp_path / "keys.json")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert signing_keys.parse((tmp_path / "keys.json").read_text())


def test_a_rotation_publishes_at_once_and_signs_later(key_file: Path) -> None:
    old = documents.key_set()["keys"][0]["kid"]

    said = run("rotate_license_key", "--overlap-days", "3")

    keys = signing_keys.parse(key_file.read_text())
    assert [key["kid"] for key in documents.key_set()["keys"]] == [old, keys[1].kid]
    assert signing_keys.signing(keys, now=timezone.now()).kid == old
    assert keys[1].kid in said


def test_a_rotation_without_overlap_signs_at_once(key_file: Path) -> None:
    run("rotate_license_key", "--overlap-days", "0")

    keys = signing_keys.parse(key_file.read_text())
    assert signing_keys.signing(keys, now=timezone.now()) == keys[1]


def test_a_second_rotation_waits_for_the_first(key_file: Path) -> None:
    run("rotate_license_key")
    before = key_file.read_bytes()

    with pytest.raises(CommandError, match="waits for its turn already"):
        run("rotate_license_key")

    assert key_file.read_bytes() == before
    run("rotate_license_key", "--overlap-days", "0")


def test_an_emergency_leaves_no_key_in_the_file_that_can_sign_but_the_new_one(
    key_file: Path,
) -> None:
    first = documents.key_set()["keys"][0]["kid"]
    run("rotate_license_key")
    waiting = documents.key_set()["keys"][1]["kid"]

    said = run("rotate_license_key", "--emergency")

    kids = [key["kid"] for key in documents.key_set()["keys"]]
    assert first in kids, "what it signed keeps verifying"
    assert waiting not in kids
    assert f"Key {waiting} waited in the file, and is withdrawn." in said
    can_sign = [key.kid for key in signing_keys.parse(key_file.read_text()) if key.private]
    assert can_sign == [kids[-1]]


def test_the_file_keeps_its_mode_and_nothing_else_is_left(key_file: Path) -> None:
    key_file.chmod(0o640)

    run("rotate_license_key")

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o640
    assert list(key_file.parent.iterdir()) == [key_file]


def test_a_damaged_key_set_stays_as_it_is(key_file: Path) -> None:
    key_file.write_text("{}")

    with pytest.raises(CommandError, match="That isn't a JSON Web Key Set"):
        run("rotate_license_key")

    assert key_file.read_text() == "{}"


def test_a_change_that_fails_half_way_leaves_the_file_alone(key_file: Path) -> None:
    before = key_file.read_bytes()

    with pytest.raises(UnicodeEncodeError):
        key_set_files.replace(key_file, lambda text: text + "\ud800")

    assert key_file.read_bytes() == before
    assert list(key_file.parent.iterdir()) == [key_file]


def test_keys_in_the_environment_can_not_be_rotated(settings: Settings) -> None:
    settings.PORTAL_LICENSE_KEY_FILE = None

    with pytest.raises(CommandError, match="Put them into a file"):
        run("rotate_license_key")


@pytest.mark.parametrize("days", ["-1", "91"])
def test_the_overlap_has_bounds(key_file: Path, days: str) -> None:
    with pytest.raises(CommandError, match="between 0 and 90 days"):
        run("rotate_license_key", f"--overlap-days={days}")
