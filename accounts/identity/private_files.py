"""Files that nobody but their owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_MODE: Final = 0o600


def create(path: Path, content: str | bytes) -> None:
    """Write a new file that only its owner reads, and be sure that it is on the disk.

    Raises FileExistsError when there is one; a file that can't be written whole is gone again.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
