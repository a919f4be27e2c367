"""A web process: requests take a thread once they are whole, and doors have their own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest

from onboarding.web import answers
from onboarding.web import application as web
from onboarding.web.application import Application
from tests.onboarding.web.exchange import Exchange, Head, Headers, post
from tests.onboarding.web.loops import in_own_loop

pytestmark = pytest.mark.embedded
Start = Callable[..., Any]


class Echo:
    """A WSGI application that counts who calls it, and can be held."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.free = threading.Event()
        self.held: set[str] = set()
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        self.calls.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] in self.held:
            self.free.wait(10)
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read() or b"ok"]


def run(work: Coroutine[Any, Any, None]) -> None:
    in_own_loop(asyncio.wait_for(work, 20))


def test_half_sent_bodies_take_no_thread() -> None:
    echo = Echo()
    application = Application(echo)

    async def work() -> None:
        halves = [
            asyncio.ensure_future(application.__rsgi__(post(100), Exchange(b"abc", stalls=True)))
            for _ in range(200)
        ]
        await asyncio.sleep(0)
        page, form = Exchange(), Exchange(b"whole")
        await application.__rsgi__(Head(path="/healthz"), page)
        await application.__rsgi__(post(5, "/accounts/login/"), form)
        for half in halves:
            half.cancel()
        assert (page.status, form.status, form.body) == (200, 200, b"whole")

    run(work())
    assert echo.calls == ["/healthz", "/accounts/login/"]


def test_pages_have_threads_when_every_door_is_waiting() -> None:
    echo = Echo()
    echo.held = {"/accounts/login/"}
    application = Application(echo)

    async def work() -> None:
        doors = [
            asyncio.ensure_future(application.__rsgi__(post(1, "/accounts/login/"), Exchange(b"a")))
            for _ in range(web.HASH_THREADS + 20)
        ]
        page, form = Exchange(), Exchange(b"a")
        await application.__rsgi__(Head(path="/accounts/login/x"), page)
        await application.__rsgi__(post(1, "/support/"), form)
        assert (page.status, form.status) == (200, 200)
        echo.free.set()
        await asyncio.gather(*doors)

    run(work())


def test_health_is_answered_when_every_thread_of_pages_is_taken() -> None:
    echo = Echo()
    echo.held = {"/"}
    application = Application(echo)

    async def work() -> None:
        pages = [
            asyncio.ensure_future(application.__rsgi__(Head(), Exchange()))
            for _ in range(web.PAGE_THREADS + 20)
        ]
        health = Exchange()
        await application.__rsgi__(Head(path="/healthz"), health)
        assert health.status == 200
        echo.free.set()
        await asyncio.gather(*pages)

    run(work())


@pytest.mark.parametrize(
    ("head", "sent", "status"),
    [
        (post(5), [b"abc"], 400),
        (post(50_000_000), [], 413),
        (Head("POST", headers=Headers(("transfer-encoding", "chunked"))), [b"abc"], 411),
        (Head("GET", headers=Headers(("transfer-encoding", "chunked"))), [b"abc"], 411),
    ],
)
def test_a_request_that_is_not_whole_is_refused_without_a_thread(
    head: Head, sent: list[bytes], status: int
) -> None:
    echo, exchange = Echo(), Exchange(*sent)

    run(Application(echo).__rsgi__(head, exchange))

    assert exchange.status == status
    assert exchange.headers["connection"] == "close"
    assert exchange.headers["cache-control"] == "no-store"
    assert echo.calls == []


def test_machines_are_refused_in_their_words() -> None:
    exchange = Exchange()

    run(Application(Echo()).__rsgi__(post(50_000_000, "/api/v1/purchases"), exchange))

    assert exchange.headers["content-type"] == "application/problem+json"
    assert json.loads(exchange.body)["status"] == 413


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WAITING_REQUESTS", 2)
    echo = Echo()
    echo.held = {"/"}
    application = Application(echo)

    async def work() -> None:
        first = [asyncio.ensure_future(application.__rsgi__(Head(), Exchange())) for _ in range(2)]
        await asyncio.sleep(0.01)
        refused = Exchange()
        await application.__rsgi__(Head(), refused)
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        echo.free.set()
        await asyncio.gather(*first)

    run(work())


def test_a_long_answer_goes_out_in_pieces_and_is_closed() -> None:
    closed: list[bool] = []

    class Pieces:
        def __iter__(self) -> Any:
            yield from (b"x" * 400_000 for _ in range(10))

        def close(self) -> None:
            closed.append(True)

    def wsgi(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return Pieces()

    exchange = Exchange()
    run(Application(wsgi).__rsgi__(Head(), exchange))

    assert len(exchange.body) == 4_000_000
    assert closed == [True]


def test_a_reader_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "READER_SECONDS", 0.05)

    class Deaf(Exchange):
        async def send_bytes(self, data: bytes) -> None:
            await asyncio.Event().wait()

    def wsgi(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return [b"x" * 2_000_000]

    run(Application(wsgi).__rsgi__(Head(), Deaf()))
