"""What is installed is pinned, hashed and new enough, and the files name no registry."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from django.conf import settings
from packaging.version import Version

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"]
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;]+)")
# Split, so that this file doesn't name them either.
HOSTS = ["pypi" + ".org", "python" + "hosted", "npm" + "js.", "deb." + "debian"]


def pins(lock: str) -> dict[str, str]:
    lines = Path(settings.BASE_DIR, lock).read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := PIN.match(line))}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    text = Path(settings.BASE_DIR, lock).read_text()

    blocks = re.split(r"(?m)^(?=[a-z0-9-]+==)", text)[1:]

    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_development_lock_holds_all_of_the_other_at_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_this_run_is_on_the_locked_versions() -> None:
    # Pins for other systems or Pythons aren't installed here; these two lists are about no other.
    locked = pins("requirements.lock")
    here = ["django", "django-allauth", "celery", "kombu", "psycopg", "redis", "granian"]

    assert {name: version(name) for name in here} == {name: locked[name] for name in here}


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("django", "5.2.19"),  # multipart memory, cache leaks
        ("django-allauth", "65.21.1"),  # windows of one limit shared an entry before
        ("celery", "5.7.0"),  # lost workers
        ("django-anymail", "15.2"),
        ("django-csp", "4.0"),
        ("cryptography", "50"),
    ],
)
def test_no_version_is_older_than_its_last_security_fix(name: str, floor: str) -> None:
    assert Version(pins("requirements.lock")[name]) >= Version(floor)


def test_no_file_names_a_package_registry() -> None:
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, check=True
    ).stdout.decode()
    found = []
    for name in filter(None, files.split("\0")):
        path = Path(settings.BASE_DIR, name)
        if path.is_file():
            content = path.read_bytes()
            found += [(name, host) for host in HOSTS if host.encode() in content]

    assert found == []
