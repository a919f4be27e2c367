"""`manage.py up`: one command starts everything and leaves nothing (CONTRACT, Commands)."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.onboarding.processes import Portal, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

WORKER = ("celery", "worker")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = Portal(tmp_path)
    yield portal
    portal.end()


def start(portal: Portal, **how: int) -> None:
    portal.start(**how)
    until(lambda: "Ctrl-C" in portal.said() or portal.process.poll() is not None, within=60)
    assert "Ctrl-C" in portal.said(), portal.said()
    assert portal.answers()


def test_up_says_where_it_is_and_ctrl_c_leaves_nothing(portal: Portal) -> None:
    start(portal)

    said = portal.said()
    assert f"is at http://localhost:{portal.port}\n" in said
    assert f"http://localhost:{portal.port}/mailbox/" in said
    assert "manage.py seed_demo" in said
    assert portal.status("/accounts/login/") == 200
    assert portal.status("/readyz") == 200

    portal.signal(signal.SIGINT)

    assert portal.wait() == 0, portal.said()
    assert portal.pids() == set()
    assert "Traceback" not in portal.said()


def test_a_killed_worker_and_a_killed_web_are_started_again(portal: Portal) -> None:
    start(portal)
    worker, web = portal.pid(*WORKER), portal.pid("granian")
    assert worker is not None
    assert web is not None

    os.kill(worker, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)

    assert until(lambda: portal.pid(*WORKER) not in (worker, None), within=60)
    assert until(lambda: portal.pid("granian") not in (web, None), within=60)
    assert until(portal.answers, within=60), portal.said()
    assert web not in portal.pids("granian")

    portal.signal(signal.SIGTERM)

    assert portal.wait() == 0, portal.said()
    assert portal.pids() == set()


def test_garbage_in_the_queue_ends_neither_worker_nor_web(portal: Portal) -> None:
    start(portal)
    messages = portal.folder / "data" / "queue" / "messages"
    assert until(lambda: portal.pids(*WORKER), within=60)
    before = portal.pids(*WORKER), portal.pids("granian")

    for number, content in enumerate([b"", b"", b"", b"", b"", b"{}", b"\xff", b'{"body": "']):
        (messages / f"{number}_broken.celery.msg").write_bytes(content)

    assert until(lambda: len(list((messages / "broken").glob("*"))) == 8, within=60), portal.said()
    assert (portal.pids(*WORKER), portal.pids("granian")) == before
    assert portal.answers()
    assert "ended" not in portal.said()


def test_a_killed_supervisor_leaves_nothing(portal: Portal) -> None:
    start(portal)
    assert portal.pids(*WORKER)
    assert portal.pids("granian")

    portal.signal(signal.SIGKILL)
    portal.wait()

    assert until(lambda: not portal.pids(), within=60), portal.pids()


def test_a_closed_terminal_leaves_nothing(portal: Portal) -> None:
    terminal, stdin = os.openpty()
    start(portal, stdin=stdin)
    os.close(stdin)

    os.close(terminal)

    assert portal.wait() == 0, portal.said()
    assert portal.pids() == set()


def test_a_taken_port_is_said_in_one_sentence(portal: Portal) -> None:
    with socket.create_server(("127.0.0.1", portal.port)):
        portal.start()
        code = portal.wait()

    assert code == 1
    assert f"Port {portal.port} on 127.0.0.1 is taken" in portal.said()
    assert f"PORT={portal.port + 1}" in portal.said()
    assert "Traceback" not in portal.said()
    assert not (portal.folder / "data" / "portal.sqlite3").exists()


def test_up_uses_the_postgresql_and_redis_it_is_given(portal: Portal) -> None:
    name = f"up_{secrets.token_hex(4)}"
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    database = f"{server.rsplit('/', 1)[0]}/{name}"
    redis = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/15"
    portal.settings_given = {"DATABASE_URL": database, "REDIS_URL": redis}

    start(portal)

    assert portal.status("/readyz") == 200
    assert not (portal.folder / "data" / "portal.sqlite3").exists()
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert row is not None
    assert row[0] > 0
    portal.signal(signal.SIGINT)
    assert portal.wait() == 0, portal.said()
    assert portal.pids() == set()
