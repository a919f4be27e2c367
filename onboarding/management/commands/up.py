"""Start the whole portal on this machine: web, worker and scheduler."""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from onboarding.celery import app
from onboarding.embedded.supervisor import Beat, Process, Supervisor, end_with_parent
from onboarding.site import static_files

EVERY_INTERFACE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class Command(BaseCommand):
    """Migrate, start everything, say where it is; Ctrl-C ends all of it (CONTRACT, Commands)."""

    help = "Start web, worker and scheduler on this machine. Ctrl-C ends all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop when the process that started this one is gone (make up uses it)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["end_with_parent"]:
            end_with_parent()
        refuse_taken_port(settings.PORTAL_LISTEN, settings.PORT)
        try:
            prepare(verbosity=options["verbosity"])
        except KeyboardInterrupt:
            sys.exit(130)
        self._announced = False
        self._on_terminal = os.isatty(0)
        supervisor = Supervisor(parts=parts(), say=self._say, on_tick=self._look_around)
        code = supervisor.run()
        if code:
            sys.exit(code)
        self._say("Everything has stopped.")

    def _say(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError:  # the terminal is gone; what is left to say must not stop the stopping
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _look_around(self) -> None:
        # A closed terminal's SIGHUP reaches make alone when make was started without a shell.
        if self._on_terminal and not os.isatty(0):
            os.kill(os.getpid(), signal.SIGHUP)
        self._announce()

    def _announce(self) -> None:
        """Print the address once, as soon as the web answers."""
        if self._announced or not answers():
            return
        self._announced = True
        origin = settings.PORTAL_ORIGIN
        lines = [f"\n{settings.PORTAL_BRAND} is at {origin}"]
        if settings.PORTAL_MAILBOX:
            lines.append(f"Every mail it sends is at {origin}/mailbox/")
        if settings.PORTAL_EMBEDDED:
            lines.append(f"A company to look around in: {command_line()} seed_demo")
        lines.append("Ctrl-C stops everything.\n")
        self._say("\n".join(lines))


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError, saying what to do, when the web could not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} on {host} is taken. Stop what uses it, "
                    f"or choose another port: PORT={port + 1} make up"
                ) from error
            raise CommandError(
                f"The portal can't listen on {host}, port {port}: {error.strerror}."
            ) from error


def prepare(*, verbosity: int) -> None:
    """Bring database, cache table, second steps' seeds and static files up to date."""
    call_command("migrate", interactive=False, verbosity=max(0, verbosity - 1))
    call_command("createcachetable", verbosity=0)
    try:
        call_command("encrypt_seeds", verbosity=0)
    except CommandError as error:  # of a few people, who need help; all others get in
        sys.stderr.write(f"{error}\n")
    static_files.collect()
    connections.close_all()


def parts() -> list[Process | Beat]:
    """The web, the worker and the scheduler, as they run on one machine."""
    python, cwd = sys.executable, str(settings.BASE_DIR)
    web = [
        *(python, "-m", "granian", "onboarding.rsgi:application", "--interface", "rsgi"),
        *("--host", settings.PORTAL_LISTEN, "--port", str(settings.PORT)),
        # No access log: some paths carry tokens.
        *("--workers", "1", "--http", "1", "--no-ws", "--no-access-log"),
        *("--http1-header-read-timeout", "10000", "--backlog", "4096"),
        *("--log-level", "warning", "--workers-kill-timeout", "10"),
    ]
    worker = [
        # On a fresh machine one may well be root; the warning about pickle doesn't apply to us.
        *(python, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--quiet", "--app", "onboarding", "worker"),
        *("--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ]
    schedule = Path(settings.PORTAL_DATA_DIR) / "celerybeat-schedule"
    return [
        Process("web", web, cwd, essential=True),
        Process("worker", worker, cwd),
        Beat(app, str(schedule)),
    ]


def answers() -> bool:
    """True when the web says it is alive."""
    host = EVERY_INTERFACE.get(settings.PORTAL_LISTEN, settings.PORTAL_LISTEN)
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def command_line() -> str:
    """How the person can run `manage.py` with this very interpreter."""
    python = Path(sys.executable)
    here = Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{shown} manage.py"
