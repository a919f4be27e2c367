"""Files that one worker holds: the kernel knows whether it still lives."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from licensing.purchases.rules.purchase_files import PurchaseFile, UploadStatus, new_temporary_file

_HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file() -> Iterator[PurchaseFile]:
    part = new_temporary_file()
    part.write_bytes(b"purchases")
    kept = PurchaseFile(uuid.uuid4())
    kept.keep(part)
    yield kept
    kept.delete()


def test_one_holds_it_at_a_time(file: PurchaseFile) -> None:
    with file.held() as first, file.held() as second:
        assert first is not None
        assert first.read() == b"purchases"
        assert second is None
        assert file.look().is_held

    assert not file.look().is_held


def test_looking_does_not_keep_a_worker_away(file: PurchaseFile) -> None:
    for _ in range(50):
        file.look()

    with file.held() as stream:
        assert stream is not None


def test_a_worker_that_is_killed_holds_nothing(file: PurchaseFile) -> None:
    command = [sys.executable, "-c", _HOLDER, str(file.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        assert file.look() == UploadStatus(is_there=True, is_held=True, percent=None)

        worker.kill()
        worker.wait()

    assert file.look() == UploadStatus(is_there=True, is_held=False, percent=None)


def test_progress_stays_behind_until_it_is_forgotten(file: PurchaseFile) -> None:
    file.note_progress(0)
    file.note_progress(42)
    assert file.look().percent == 42

    file.forget_progress()

    assert file.look().percent is None


def test_what_is_deleted_is_gone_with_its_progress(file: PurchaseFile) -> None:
    file.note_progress(42)

    file.delete()

    assert file.look() == UploadStatus(is_there=False, is_held=False, percent=None)
    with file.held() as stream:
        assert stream is None
