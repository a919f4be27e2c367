"""Runs Django for one request, in a thread, and hands its answer to the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Header = tuple[str, str]
AT_ONCE_BYTES: Final = 1_000_000  # longer answers are handed over piece by piece
READER_SECONDS: Final = 20.0  # for each piece; a reader that takes nothing is given up


class ResponseStream(Protocol):
    async def send_bytes(self, data: bytes) -> None: ...


class ResponseChannel(Protocol):
    """The way back to the client."""

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None: ...
    def response_stream(self, status: int, headers: list[Header]) -> ResponseStream: ...


class Answer:
    """What WSGI's `start_response` is told."""

    status = 500
    headers: list[Header]

    def start(self, status: str, headers: list[Header], exc_info: Any = None) -> None:
        self.status, self.headers = int(status.partition(" ")[0]), headers


def run(
    wsgi: WSGI, environ: dict[str, Any], way: ResponseChannel, loop: asyncio.AbstractEventLoop
) -> None:
    """Answer one request. The client may be gone; that is nobody's failure."""
    answer = Answer()
    pieces = wsgi(environ, answer.start)
    try:
        start, rest = _beginning(iter(pieces))
        if rest is None:
            way.response_bytes(answer.status, answer.headers, start)
        else:
            _stream(way.response_stream(answer.status, answer.headers), start, rest, loop)
    finally:
        if close := getattr(pieces, "close", None):
            close()


def _beginning(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """The first bytes, and what follows, or None when that was all."""
    collected, size = [], 0
    for piece in pieces:
        collected.append(piece)
        size += len(piece)
        if size > AT_ONCE_BYTES:
            return b"".join(collected), pieces
    return b"".join(collected), None


def _stream(
    transport: ResponseStream, start: bytes, rest: Iterator[bytes], loop: asyncio.AbstractEventLoop
) -> None:
    """Hand over piece by piece; ends early when the reader is gone, or takes nothing."""
    piece: bytes | None = start
    while piece is not None:
        sent = asyncio.run_coroutine_threadsafe(_send(transport, piece), loop)
        try:
            sent.result(READER_SECONDS)
        except TimeoutError:
            sent.cancel()
            return
        except RuntimeError:  # granian's word for a closed connection
            return
        piece = next(rest, None)


async def _send(transport: ResponseStream, piece: bytes) -> None:
    await transport.send_bytes(piece)
