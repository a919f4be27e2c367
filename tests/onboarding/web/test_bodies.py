"""Bodies are bounded in size, in sum and in time (SPEC 5)."""

from __future__ import annotations

import asyncio

import pytest

from onboarding.web import bodies
from onboarding.web.bodies import Bodies, Refused
from tests.onboarding.web.exchange import Exchange
from tests.onboarding.web.loops import in_own_loop

pytestmark = pytest.mark.embedded


def receive(source: Exchange, *, announced: int, path: str = "/") -> bytes:
    async def whole() -> bytes:
        with Bodies().room() as room:
            await room.receive(source, announced=announced, path=path)
            return room.file.read()

    return in_own_loop(whole())


def refusal(source: Exchange, *, announced: int, path: str = "/") -> int:
    with pytest.raises(Refused) as refused:
        receive(source, announced=announced, path=path)
    return refused.value.status


def test_a_body_comes_out_as_it_was_sent() -> None:
    assert receive(Exchange(b"ab", b"", b"cd"), announced=4) == b"abcd"


def test_a_long_body_lies_on_disk() -> None:
    async def where() -> bool:
        with Bodies().room() as room:
            piece = b"x" * bodies.MEMORY_BYTES
            await room.receive(Exchange(piece, b"y"), announced=len(piece) + 1, path="/")
            return bool(room.file._rolled)  # type: ignore[attr-defined]

    assert in_own_loop(where())


def test_a_body_that_stops_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.05)

    assert refusal(Exchange(b"ab", stalls=True), announced=4) == 408
    assert refusal(Exchange(stalls=True), announced=4) == 408


def test_a_body_that_drips_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class Drips(Exchange):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            while True:
                yield b"a"
                await asyncio.sleep(0.01)

    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.1)

    assert refusal(Drips(), announced=1_000_000) == 408


def test_a_body_that_is_cut_short_is_no_request() -> None:
    assert refusal(Exchange(b"ab"), announced=4) == 400


def test_a_body_is_as_large_as_its_address_allows() -> None:
    most = bodies.MAX_BYTES

    assert refusal(Exchange(), announced=most + 1) == 413
    assert refusal(Exchange(), announced=most + 1, path=bodies.FOR_FILES) == 400, "cut short only"
    too_many = bodies.MAX_FILE_BYTES + 1
    assert refusal(Exchange(), announced=too_many, path=bodies.FOR_FILES) == 413


def test_all_bodies_together_are_bounded_and_the_room_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "MAX_TOTAL_BYTES", 10)
    held = Bodies()

    async def second_while_first_is_held() -> None:
        with held.room() as first:
            await first.receive(Exchange(b"123456"), announced=6, path="/")
            with held.room() as second:
                await second.receive(Exchange(b"123456"), announced=6, path="/")

    async def alone() -> None:
        with held.room() as room:
            await room.receive(Exchange(b"1234567890"), announced=10, path="/")

    with pytest.raises(Refused) as refused:
        in_own_loop(second_while_first_is_held())
    in_own_loop(alone())

    assert refused.value.status == 503
