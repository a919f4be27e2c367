"""Clients that ask as fast as they are answered, in a process of their own."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

PAGES: Final = ("/accounts/login/", "/start/")
TOKEN: Final = "b" * 32
Requests = Callable[[int], bytes]


@dataclass
class ResponseStats:
    """How often which status came, and how long each took (seconds)."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    span: float = 0.0

    @property
    def per_second(self) -> float:
        return (self.statuses.total() - self.statuses[0]) / self.span

    @property
    def slowest(self) -> float:
        return max(self.times, default=float("inf"))


def workers(count: int) -> ProcessPoolExecutor:
    """Processes to run clients in: Python's lock must not make one wait for another."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def pages(port: int, clients: int, seconds: float) -> ResponseStats:
    """Strangers who read pages."""
    return asyncio.run(_many(port, clients, seconds, lambda number: _get(port, number)))


def sign_ins(port: int, clients: int, seconds: float, *, networks: int) -> ResponseStats:
    """Wrong passwords for ever new addresses, from so many networks."""
    return asyncio.run(_many(port, clients, seconds, lambda _: _sign_in(port, networks)))


def health(port: int, seconds: float) -> ResponseStats:
    """Somebody who asks twice a second whether the portal is alive, each time anew."""
    return asyncio.run(_ask_for_health(port, seconds))


async def _ask_for_health(port: int, seconds: float) -> ResponseStats:
    answers, began = ResponseStats(), time.monotonic()
    request = f"GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    while (now := time.monotonic()) - began < seconds:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        answers.statuses[await _status(reader)] += 1
        answers.times.append(time.monotonic() - now)
        writer.close()
        await asyncio.sleep(0.5)
    answers.span = time.monotonic() - began
    return answers


async def _many(port: int, clients: int, seconds: float, request: Requests) -> ResponseStats:
    answers, began = ResponseStats(), time.monotonic()
    everyone = (_client(port, began + seconds, request, answers) for _ in range(clients))
    await asyncio.gather(*everyone)
    answers.span = time.monotonic() - began
    return answers


async def _client(port: int, until: float, request: Requests, answers: ResponseStats) -> None:
    reader, writer, number = None, None, random.randrange(1000)
    while time.monotonic() < until:
        began, number = time.monotonic(), number + 1
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(number))
            status = await _status(reader)
        except (OSError, asyncio.IncompleteReadError):
            reader, status = None, 0
        answers.statuses[status] += 1
        if status:
            answers.times.append(time.monotonic() - began)
    if writer is not None:
        writer.close()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one whole answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    return int(head[9:12])


def _get(port: int, number: int) -> bytes:
    path = PAGES[number % len(PAGES)]
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    return head.encode()


def _sign_in(port: int, networks: int) -> bytes:
    network = random.randrange(networks)
    form = {
        "csrfmiddlewaretoken": TOKEN,
        "login": f"somebody{random.randrange(10**9)}@initech.example",
        "password": "wrong password here",
    }
    body = urlencode(form)
    return (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost:{port}\r\n"
        f"X-Forwarded-For: 198.{18 + network // 65536}.{network // 256 % 256}.{network % 256}\r\n"
        f"Cookie: csrf={TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
