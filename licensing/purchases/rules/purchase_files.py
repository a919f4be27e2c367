"""Files of purchases on disk, beside the database; web and worker share the folder.

Whoever works on a file holds a lock on it, which the kernel lets go of when the process ends,
however it ends: whether an import still runs is never a guess.
"""

from __future__ import annotations

import fcntl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

MAX_FILE_BYTES: Final = 200_000_000
# Somebody who only looks holds the lock for microseconds.
_TRIES: Final = 20
_PAUSE: Final = 0.02  # seconds


@dataclass(frozen=True)
class UploadStatus:
    """How a file was found: a worker that died leaves `percent` behind, and holds nothing."""

    is_there: bool
    is_held: bool
    percent: int | None


def folder() -> Path:
    path: Path = settings.PORTAL_DATA_DIR / "uploads"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def new_temporary_file() -> Path:
    """Where a file that still comes in is written."""
    return folder() / f"{uuid.uuid4()}.part"


@dataclass(frozen=True)
class PurchaseFile:
    """The file of one import, and how far somebody has come with it."""

    public_id: uuid.UUID

    @property
    def path(self) -> Path:
        return folder() / f"{self.public_id}.csv"

    @property
    def _progress(self) -> Path:
        return folder() / f"{self.public_id}.percent"

    def keep(self, part: Path) -> None:
        """Take over what came in."""
        part.rename(self.path)

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        self.forget_progress()

    @contextmanager
    def held(self) -> Iterator[BinaryIO | None]:
        """The file, held until the end of the block; None when it is gone or another holds it."""
        try:
            # NFS gives an exclusive lock only on what may be written.
            file = self.path.open("r+b")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield file if _lock(file) else None

    def look(self) -> UploadStatus:
        """Look before reading what the database says: what ends, ends there first."""
        percent = self._percent()
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return UploadStatus(is_there=False, is_held=False, percent=percent)
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return UploadStatus(is_there=True, is_held=True, percent=percent)
        return UploadStatus(is_there=True, is_held=False, percent=percent)

    def note_progress(self, percent: int) -> None:
        fresh = self._progress.with_suffix(".new")
        fresh.write_text(str(percent), encoding="ascii")
        fresh.replace(self._progress)

    def forget_progress(self) -> None:
        self._progress.unlink(missing_ok=True)

    def _percent(self) -> int | None:
        try:
            return int(self._progress.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None


def delete_older_than(moment: float) -> None:
    """Delete what was last touched before `moment` (seconds of the epoch) and isn't held."""
    for path in folder().iterdir():
        if path.stat().st_mtime >= moment:
            continue
        with path.open("r+b") as file:
            if _lock(file):
                path.unlink(missing_ok=True)


def _lock(file: BinaryIO) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False
