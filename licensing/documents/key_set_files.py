"""The file that holds the license signing keys: created once, then replaced atomically."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.identity import private_files


def replace(path: Path, change: Callable[[str], str]) -> None:
    """Replace the text with the result of `change`; concurrent calls take turns.

    Readers see the old or the new file, never a part of it. Owner and mode stay, because the portal
    may run as another user who has to read it.
    """
    with _alone_in(path.parent):
        before, old = path.stat(), path.read_text(encoding="utf-8")
        new = change(old)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        private_files.create(draft, new)
        try:
            draft.chmod(before.st_mode & 0o7777)
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(draft, before.st_uid, before.st_gid)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
