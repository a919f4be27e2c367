"""Odd requests to the web as it is started: each gets an answer of the client's fault, no crash."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from typing import Final

import pytest

from tests.onboarding.processes import Portal, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
METHODS: Final = [
    b"GET",
    b"POST",
    b"HEAD",
    b"get",
    b"TRACE",
    b"CONNECT",
    b"PRI",
    b"G\x00T",
    b"A" * 99,
]
TARGETS: Final = [
    b"/", b"/healthz", b"/accounts/login/", b"/api/v1/activations", b"/oauth/token", b"*", b"//x",
    b"/%00", b"/%ff", b"/?%00=%ff", b"/\x00", b"/\xff", b"/../../etc", b"http://evil.example/",
    b"/" + b"a" * 9_000, b"/?" + b"b" * 70_000,
]  # fmt: skip
VERSIONS: Final = [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9", b"X", b""]
HEADS: Final = [
    b"Host: localhost", b"Host: [::1", b"Host: ", b"Host: evil.example", b"Host: a:99999999",
    b"Host: localhost\x00", b"Host: \xff", b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding: gzip", b"Content-Length: 1_0",
    b"Content-Length: 0", b"Content-Length: +5", b"Content-Length: " + b"9" * 40,
    b"Content-Type: text/html; charset=utf-7", b"Content-Type: multipart/form-data",
    b"Content-Type: multipart/form-data; boundary=\xff", b"Content-Type: application/json; x=\"",
    b"Content-Type: application/x-www-form-urlencoded; charset=\x00", b"Cookie: sessionid=\x00",
    b"Cookie: " + b"a=b;" * 5_000, b"Accept-Language: \xff,;q=x", b"X-Forwarded-For: ]",
    b"X-Forwarded-Proto: \xff", b"Authorization: Bearer \xff", b"Authorization: Basic ====",
    b"Range: bytes=-", b"If-Modified-Since: x", b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Expect: 100-continue", b"Expect: x", b"No colon", b" folded", b": none", b"Referer: //[",
    b"Long: " + b"x" * 100_000,
]  # fmt: skip
BODIES: Final = [b"", b"0\r\n\r\n", b"zz\r\n", b"\x00" * 20, b"{}", b"ffffffffffffffffff\r\n"]
UNDERSTOOD: Final = {501, 505}  # what HTTP has and a portal needs not (RFC 9110 §15.6)
TRIES: Final = 300


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("odd"))
    portal.start()
    until(lambda: "Ctrl-C" in portal.said() or portal.process.poll() is not None, within=60)
    assert portal.answers(), portal.said()
    yield portal
    portal.end()


def test_no_head_is_the_portals_own_fault(portal: Portal) -> None:
    chance = random.Random(9)

    statuses = {sent: _status(portal, sent) for sent in (_odd(chance) for _ in range(TRIES))}

    faults = {sent[:300]: got for sent, got in statuses.items() if got >= 500}
    assert {sent: got for sent, got in faults.items() if got not in UNDERSTOOD} == {}
    assert {200, 400} <= set(statuses.values()), "some were read, some refused"
    assert "Traceback" not in portal.said()
    assert portal.answers()
    assert portal.status("/accounts/login/") == 200


def _odd(chance: random.Random) -> bytes:
    """A request with an odd thing or some, and mostly the host that it needs."""
    line = b" ".join(_mostly_first(chance, part) for part in (METHODS, TARGETS, VERSIONS))
    heads = [HEADS[0], *chance.sample(HEADS, chance.randrange(4))][chance.random() < 0.2 :]
    lines = [line, *heads, b"Connection: close", b"", chance.choice(BODIES)]
    return b"\r\n".join(lines)


def _mostly_first(chance: random.Random, all_of_them: list[bytes]) -> bytes:
    return all_of_them[0] if chance.random() < 0.5 else chance.choice(all_of_them)


def _status(portal: Portal, sent: bytes) -> int:
    """The first status that comes back; 0 when the portal hung up, or waits for the rest."""
    sent = sent.replace(b"localhost", f"localhost:{portal.port}".encode())
    with socket.create_connection(("127.0.0.1", portal.port), timeout=0.5) as connection:
        try:
            connection.sendall(sent)
            said = connection.recv(64)
        except OSError:
            return 0
    parts = said.split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 and said.startswith(b"HTTP/") else 0
