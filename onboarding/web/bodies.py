"""Receives the bodies of requests: on disk when they are large, bounded in size, sum and time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import IO, Final, Protocol

GRACE_SECONDS: Final = 20.0
SLOWEST_BYTES_PER_SECOND: Final = 32_000
MEMORY_BYTES: Final = 64 * 1024  # of one body; what is longer goes to disk
MAX_BYTES: Final = 12_000_000
MAX_FILE_BYTES: Final = 201_000_000
FOR_FILES: Final = "/admin/desk/purchases/"
MAX_TOTAL_BYTES: Final = 512_000_000  # of all that one process is receiving or working on


class Refused(Exception):
    """The body isn't taken; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Source(Protocol):
    """What the server has for us: pieces of the body as they arrive."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class Bodies:
    """All bodies that this process holds. Used by the event loop's thread only."""

    def __init__(self) -> None:
        self._held = 0

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Room for one body, given back at the end, however that comes."""
        room = Room(self)
        try:
            yield room
        finally:
            self._held -= room.size
            room.file.close()

    def take(self, count: int) -> None:
        """Count `count` bytes more; raises Refused (503) when all bodies together are too many."""
        if self._held + count > MAX_TOTAL_BYTES:
            raise Refused(503)
        self._held += count


class Room:
    """One body: `file` is at its beginning once `receive` is through."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.size = 0
        # Without a name from the start: nothing stays on disk, even after a kill.
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115

    async def receive(self, source: Source, *, announced: int, path: str) -> None:
        """Raises Refused: 400 cut short, 408 too slow, 413 too large, 503 too much in all."""
        most = MAX_FILE_BYTES if path == FOR_FILES else MAX_BYTES
        if announced > most:
            raise Refused(413)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(GRACE_SECONDS) as patience:
                async for piece in source:
                    self._bodies.take(len(piece))
                    self.size += len(piece)
                    self.file.write(piece)
                    earned = self.size / SLOWEST_BYTES_PER_SECOND
                    patience.reschedule(began + GRACE_SECONDS + earned)
        except TimeoutError:
            raise Refused(408) from None
        if self.size != announced:
            raise Refused(400)
        self.file.seek(0)
