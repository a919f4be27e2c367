"""Private PostgreSQL and Redis servers for the test run, from the binaries this machine has.

`provide()` is called when tests.settings is imported: pytest-django reads the settings before any
fixture or conftest runs, so servers started later would leave the run on SQLite, and green.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import psycopg

EMBEDDED: Final = os.environ.get("PORTAL_TEST_EMBEDDED") == "1"
START_SECONDS: Final = 30.0
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)


class MissingError(RuntimeError):
    """A server the tests need is not on this machine; says what to do."""


def provide() -> None:
    """Put DATABASE_URL and REDIS_URL into the environment, starting what isn't given.

    The embedded run gets neither; the workers of xdist use what their controller started.
    """
    if EMBEDDED:
        os.environ["DATABASE_URL"] = os.environ["REDIS_URL"] = ""
        return
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _start_postgres()
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = _start_redis()


def scratch() -> Path:
    """A new folder that is gone after the run."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start_postgres() -> str:
    binaries = _postgres_binaries()
    folder = scratch()
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    how = "--username=portal --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions"
    subprocess.run(
        [binaries / "initdb", "-D", data, *how.split()],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        user=user,
    )
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        # Speed instead of durability: the data dies with the run.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        # Two workers race fifty threads each, and processes of the portal come on top.
        "max_connections": "300",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = folder / "server.log"
    server = _spawn([str(binaries / "postgres"), "-D", str(data), *flags], log, folder, user)
    url = f"postgres://portal@127.0.0.1:{port}/postgres"

    def ready() -> None:
        psycopg.connect(url, connect_timeout=2).close()

    _wait(ready, server, log, psycopg.OperationalError)
    return url


def _start_redis() -> str:
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        raise MissingError(
            "The tests need Redis: install redis-server, set REDIS_URL, "
            "or run the embedded part alone (PORTAL_TEST_EMBEDDED=1)."
        )
    folder, port = scratch(), free_port()
    log = folder / "server.log"
    flags = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = _spawn([binary, *flags, "--dir", str(folder)], log, folder, None)

    def ready() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            if not connection.recv(16).startswith(b"+PONG"):
                raise ConnectionError

    _wait(ready, server, log, OSError)
    return f"redis://127.0.0.1:{port}/0"


def _postgres_binaries() -> Path:
    for folder in _postgres_folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise MissingError(
        "The tests need PostgreSQL's binaries: install postgresql, set PG_BIN or DATABASE_URL, "
        "or run the embedded part alone (PORTAL_TEST_EMBEDDED=1)."
    )


def _postgres_folders() -> Iterable[Path]:
    if given := os.environ.get("PG_BIN"):
        yield Path(given)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _unprivileged() -> str | None:
    """Whom PostgreSQL runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise MissingError("PostgreSQL refuses to run as root, and there is no user nobody.")


def _spawn(
    command: list[str], log: Path, folder: Path, user: str | None
) -> subprocess.Popen[bytes]:
    """Start a server that ends with this process, however this process ends."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            user=user,
            start_new_session=True,
            preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT),
        )
    atexit.register(_stop, server)
    return server


def _wait(
    ready: Callable[[], None], server: subprocess.Popen[bytes], log: Path, not_yet: type[Exception]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ready()
        except not_yet:
            if server.poll() is not None or time.monotonic() > deadline:
                raise MissingError(f"A test server did not start:\n{log.read_text()}") from None
            time.sleep(0.02)
        else:
            return


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Redis ends on it too
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
