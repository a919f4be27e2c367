"""Each request is received whole, then Django runs in one of a few threads.

Heads are read by granian and bodies by the event loop, so that a client that sends slowly, or
nothing at all, takes no thread (docs/decisions/0018-whole-requests.md).
"""

from __future__ import annotations

import asyncio
import json
import resource
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from django.conf import settings

from onboarding.web import answers
from onboarding.web.bodies import Bodies, Refused, Room
from onboarding.web.environ import environ

PAGE_THREADS: Final = 4
# One for each hash, two for strangers who wait, two that say "busy" or serve the kept lane.
HASH_THREADS: Final = settings.PORTAL_HASHES_AT_ONCE + 4
HEALTH: Final = "/healthz"  # answered in time, however many wait for pages
WAITING_REQUESTS: Final = 1_000
# Here passwords are checked: who waits for that waits in threads of their own, not in pages'.
DOORS: Final = ("/accounts/", "/invitations/")
_SAID: Final = {
    400: "The request ended before it was whole.",
    408: "The request took too long to arrive.",
    411: "Say how long the request is: send Content-Length.",
    413: "The request is too large.",
    503: "Too much is going on right now. Try again in a moment.",
}


class Application:
    """One web process. Its few threads are all that talks to the database."""

    def __init__(self, wsgi: answers.WSGI) -> None:
        self._wsgi = wsgi
        self._bodies = Bodies()
        self._pages = ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="page")
        self._hash_threads = ThreadPoolExecutor(HASH_THREADS, thread_name_prefix="hash")
        self._health = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._waiting = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # Every connection is a file, and the usual limit is a thousand.
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        with self._bodies.room() as room:
            try:
                if announced := _announced(scope):
                    await room.receive(protocol, announced=announced, path=scope.path)
                await self._answer(scope, room, protocol)
            except Refused as refused:
                _refuse(protocol, refused.status, scope.path)

    async def _answer(self, scope: Any, room: Room, protocol: Any) -> None:
        if self._waiting >= WAITING_REQUESTS:
            raise Refused(503)
        loop = asyncio.get_running_loop()
        request = environ(scope, room.file, room.size)
        self._waiting += 1
        try:
            await loop.run_in_executor(
                self._threads_for(scope), answers.run, self._wsgi, request, protocol, loop
            )
        finally:
            self._waiting -= 1

    def _threads_for(self, scope: Any) -> ThreadPoolExecutor:
        if scope.path == HEALTH:
            return self._health
        is_door = scope.method == "POST" and scope.path.startswith(DOORS)
        return self._hash_threads if is_door else self._pages


def _announced(scope: Any) -> int:
    """The length of the body. Raises Refused (411) for a body that doesn't say how long it is.

    Browsers and proxies say it. Two ways to tell where a body ends are one too many
    (RFC 9112 §6.1), and Django reads no further than Content-Length in any case.
    """
    if "transfer-encoding" in scope.headers:
        raise Refused(411)
    length: str = scope.headers.get("content-length", "0")
    return int(length)


def _refuse(protocol: Any, status: int, path: str) -> None:
    """An answer that needs no thread; the connection ends with it."""
    headers = [("cache-control", "no-store"), ("connection", "close")]
    body, kind = f"{_SAID[status]}\n", "text/plain; charset=utf-8"
    if path.startswith("/api/"):
        problem = {"title": _SAID[status], "status": status, "detail": _SAID[status]}
        body, kind = json.dumps(problem), "application/problem+json"
    if status == 503:
        headers.append(("retry-after", "5"))
    protocol.response_bytes(status, [*headers, ("content-type", kind)], body.encode())
