"""What is killed while a mail is on its way loses none (SPEC 4.4): real processes, SIGKILL."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator

import pytest
import requests

from tests.onboarding.processes import Portal, until
from tests.smtp import FakeMailServer

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

WORKER = ("celery", "worker")
WEB = ("granian",)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeMailServer]:
    """The mail server that the portal mails through."""
    sink = FakeMailServer()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, server: FakeMailServer) -> Iterator[Portal]:
    """One for all tests here: each leaves it running."""
    settings = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
    portal = Portal(tmp_path_factory.mktemp("killed"), settings)
    portal.start()
    until(lambda: "Ctrl-C" in portal.said() or portal.process.poll() is not None, within=60)
    assert portal.answers(), portal.said()
    yield portal
    portal.end()


def ask_for_a_code(portal: Portal, address: str) -> int:
    """Ask for a code by mail, as a browser does; the status of the answer."""
    browser, url = requests.Session(), f"http://localhost:{portal.port}/start/find/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(url).text)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "email": address}
    return browser.post(url, form, allow_redirects=False, timeout=60).status_code


def kill(portal: Portal, *words: str) -> set[int]:
    """Kill every process that has all `words` in its command; who that was."""
    pids = portal.pids(*words)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert pids
    return pids


def database(portal: Portal) -> sqlite3.Connection:
    return sqlite3.connect(portal.folder / "data" / "portal.sqlite3", timeout=60)


def let_the_lease_end(portal: Portal) -> None:
    """Two and a half minutes pass for the mail that the dead worker held."""
    with database(portal) as connection:
        connection.execute(
            "UPDATE accounts_outboxmail SET lease_until = datetime('now', '-1 second')"
            " WHERE status = 'sending'"
        )


def status(portal: Portal, address: str) -> str:
    with database(portal) as connection:
        query = 'SELECT status FROM accounts_outboxmail WHERE "to" = ?'
        (row,) = connection.execute(query, [address]).fetchall()
    return str(row[0])


def test_a_worker_killed_while_the_server_thinks_sends_the_mail_again(
    portal: Portal, server: FakeMailServer
) -> None:
    address = "slow@winter.example"
    server.script[address] = ["think"]
    assert ask_for_a_code(portal, address) == 302
    assert server.thinking.wait(20)

    dead = kill(portal, *WORKER)
    server.released.set()  # it keeps the mail, and has nobody left to tell
    assert until(lambda: portal.pids(*WORKER) - dead, within=60), portal.said()
    let_the_lease_end(portal)

    assert until(lambda: status(portal, address) == "sent", within=60), portal.said()
    first, again = server.to(address)
    assert first["Message-ID"] == again["Message-ID"], "a mailbox can drop the double"
    assert first["Subject"] == again["Subject"]


def test_a_worker_killed_before_the_server_has_the_mail_sends_it_once(
    portal: Portal, server: FakeMailServer
) -> None:
    address = "hung@winter.example"
    server.script[address] = ["hang"]
    server.released.clear()
    before = server.connections
    assert ask_for_a_code(portal, address) == 302
    assert until(lambda: server.connections > before and not server.script[address], within=60)

    dead = kill(portal, *WORKER)
    server.released.set()
    assert until(lambda: portal.pids(*WORKER) - dead, within=60), portal.said()
    let_the_lease_end(portal)

    assert until(lambda: status(portal, address) == "sent", within=60), portal.said()
    assert len(server.to(address)) == 1


def test_a_mail_goes_out_though_the_web_was_killed_right_after_its_answer(
    portal: Portal, server: FakeMailServer
) -> None:
    address = "quick@winter.example"

    answer = ask_for_a_code(portal, address)
    dead = kill(portal, *WEB)

    assert answer == 302
    assert until(lambda: server.to(address), within=60), portal.said()
    assert until(lambda: portal.pids(*WEB) - dead and portal.answers(), within=60)
    time.sleep(0.5)
    assert len(server.to(address)) == 1
    assert status(portal, address) == "sent"
