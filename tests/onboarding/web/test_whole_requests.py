"""The web as it is started: slow, broken and doubtful requests stop nobody (SPEC 5)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.onboarding.processes import Portal, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
SIGN_IN = "POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
# With what a form needs: a portal that reads bodies in threads would wait for the rest.
FORM = (
    f"POST /start/find/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrf={'b' * 32}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("whole"))
    portal.start()
    until(lambda: "Ctrl-C" in portal.said() or portal.process.poll() is not None, within=60)
    assert portal.answers(), portal.said()
    yield portal
    portal.end()


def answer(portal: Portal, sent: str, seconds: float = 10) -> str:
    """All that comes back until the portal hangs up."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=seconds) as connection:
        connection.sendall(sent.replace("localhost", f"localhost:{portal.port}").encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_pages_answer_beside_a_hundred_half_sent_forms(portal: Portal) -> None:
    with ExitStack() as open_until_here:
        for number in range(100):
            connection = socket.create_connection(("127.0.0.1", portal.port))
            open_until_here.enter_context(connection)
            half = f"{FORM}Content-Length: 100\r\n\r\nemail=" if number % 2 else FORM
            connection.sendall(half.replace("localhost", f"localhost:{portal.port}").encode())

        assert portal.answers()
        assert portal.status("/accounts/login/") == 200


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ("Transfer-Encoding: chunked", "5\r\nlogin\r\n0\r\n\r\n", 411),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 411),
        ("Content-Length: 3\r\nContent-Length: 4", "abcd", 400),
        ("Content-Length: -1", "", 400),
        ("Transfer-Encoding: gzip, chunked, identity", "abcd", 400),
        ("Content-Length: 99999999999", "a", 413),
    ],
)
def test_a_doubtful_length_ends_the_connection(
    portal: Portal, head: str, body: str, status: int
) -> None:
    smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    said = answer(portal, f"{SIGN_IN}{head}\r\n\r\n{body}{smuggled}")

    assert said.startswith(f"HTTP/1.1 {status} ")
    assert said.count("HTTP/1.1 ") == 1, "what was smuggled in got no answer"


def test_a_connection_is_kept_and_head_has_no_body(portal: Portal) -> None:
    get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    both = f"{get}\r\n{get.replace('GET', 'HEAD')}Connection: close\r\n\r\n"

    said = answer(portal, both)

    assert said.count("HTTP/1.1 200") == 2
    assert said.count('{"status": "ok"}') == 1
    assert len(re.findall(r"content-length: 16", said)) == 2


def test_who_asks_first_is_told_to_go_on(portal: Portal) -> None:
    asks = f"{SIGN_IN}Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"

    assert answer(portal, asks).startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 ")


def test_clients_that_leave_in_the_middle_hold_nothing(portal: Portal) -> None:
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", portal.port)) as connection:
            connection.sendall(f"{SIGN_IN}Content-Length: 100\r\n\r\nabc".encode())
        with socket.create_connection(("127.0.0.1", portal.port)) as connection:
            connection.sendall(b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert until(portal.answers, within=60)
    assert portal.status("/accounts/login/") == 200
    assert "Traceback" not in portal.said()


def test_a_large_form_is_read_and_a_larger_one_refused(portal: Portal) -> None:
    address = f"http://localhost:{portal.port}/accounts/login/"

    read = requests.post(address, files={"file": b"x" * 5_000_000}, timeout=60)
    refused = requests.post(address, data=b"x" * 13_000_000, timeout=60)

    assert read.status_code == 403, "read whole, and no form of ours"
    assert refused.status_code == 413
