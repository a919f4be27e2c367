"""Keeps a few processes running together and leaves none behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final, Protocol, cast

from celery import Celery
from celery.beat import EmbeddedService

POLL_SECONDS: Final = 0.2
STOP_SECONDS: Final = 15.0
GIVE_UP_AFTER_RESTARTS: Final = 5
GIVE_UP_WITHIN_SECONDS: Final = 60.0
MAX_PAUSE_SECONDS: Final = 60.0
END_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_PR_SET_PDEATHSIG: Final = 1
# Loaded once, here: between fork and exec nothing may be imported.
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Part(Protocol):
    """Something the supervisor starts, watches and stops."""

    name: str
    essential: bool

    def start(self) -> None: ...
    def running(self) -> bool: ...
    def ask_to_stop(self) -> None: ...
    def kill(self) -> None: ...


def end_with_parent() -> None:
    """Have the kernel send this process SIGTERM when the process that started it dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Process:
    """A command in a session of its own: Ctrl-C reaches the supervisor alone, and it decides."""

    name: str
    command: Sequence[str]
    cwd: str | None = None
    essential: bool = False
    _popen: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        supervisor = os.getpid()

        def tie() -> None:
            end_with_parent()
            if os.getppid() != supervisor:  # it died before we were tied to it
                os._exit(1)

        self._popen = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tie,
        )

    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def ask_to_stop(self) -> None:
        if self._popen is not None and self.running():
            self._popen.terminate()

    def kill(self) -> None:
        """End what is left of the whole group, also children whose parent is already gone."""
        if self._popen is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            self._popen = None  # the number may soon be another process's


@dataclass
class Beat:
    """Celery's scheduler as a thread: as a process of the worker's it would outlive a SIGKILL."""

    app: Celery
    schedule_file: str
    name: str = "scheduler"
    essential: bool = False
    _thread: Thread | None = field(default=None, init=False)

    def start(self) -> None:
        service = EmbeddedService(self.app, thread=True, schedule_filename=self.schedule_file)
        self._thread = cast(Thread, service)
        self._thread.start()

    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def ask_to_stop(self) -> None:
        service: Any = getattr(self._thread, "service", None)
        if service is not None:
            service.stop()

    def kill(self) -> None:
        """Nothing to do: the thread is a daemon and ends with us."""


@dataclass
class _Ends:
    """How often a part ended, and when it starts again (seconds of the monotonic clock)."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=GIVE_UP_AFTER_RESTARTS))
    in_a_row: int = 0
    started: float = 0.0
    due: float | None = None

    def note(self, now: float, *, first_delay: float) -> float:
        """One more end; the seconds to wait. Only a series deserves patience."""
        lasted = now - self.started >= GIVE_UP_WITHIN_SECONDS
        self.in_a_row = 1 if lasted else self.in_a_row + 1
        self.times.append(now)
        pause = first_delay * 2 ** (self.in_a_row - 2) if self.in_a_row > 1 else 0.0
        pause = min(pause, MAX_PAUSE_SECONDS)
        self.due = now + pause
        return pause

    def are_too_many(self, now: float) -> bool:
        return (
            len(self.times) == GIVE_UP_AFTER_RESTARTS
            and now - self.times[0] < GIVE_UP_WITHIN_SECONDS
        )


@dataclass
class Supervisor:
    """Runs parts until a signal comes; a part that ends is started again, ever more slowly.

    `run` returns the exit code: 0 after a signal, 1 when an essential part ended five times in a
    minute. What isn't essential never ends the rest.
    """

    parts: Sequence[Part]
    say: Callable[[str], None]
    first_delay: float = 0.5
    stop_seconds: float = STOP_SECONDS
    on_tick: Callable[[], None] = lambda: None
    _signals: int = field(default=0, init=False)
    _ends: dict[str, _Ends] = field(default_factory=dict, init=False)

    def run(self) -> int:
        for number in END_SIGNALS:
            signal.signal(number, self._on_signal)
        code = 0
        try:
            for part in self.parts:
                self._start(part)
            while not self._signals:
                time.sleep(POLL_SECONDS)
                if not all(self._keep(part) for part in self.parts):
                    code = 1
                    break
                self.on_tick()
        finally:
            self._stop()
        return code

    def _on_signal(self, number: int, frame: object) -> None:
        self._signals += 1

    def _start(self, part: Part) -> None:
        """Start `part`; when it can't be, it counts as ended."""
        ends = self._ends.setdefault(part.name, _Ends())
        ends.started, ends.due = time.monotonic(), None
        try:
            part.start()
        except (OSError, RuntimeError) as error:  # no memory, no process or thread to be had
            self.say(f"The {part.name} couldn't be started: {error}.")

    def _keep(self, part: Part) -> bool:
        """Start `part` again when it has ended and its pause is over; False means give up."""
        if part.running():
            return True
        now, ends = time.monotonic(), self._ends[part.name]
        if ends.due is None:
            part.kill()
            pause = ends.note(now, first_delay=self.first_delay)
            if part.essential and ends.are_too_many(now):
                self.say(
                    f"The {part.name} ended {GIVE_UP_AFTER_RESTARTS} times within a minute. "
                    "The lines above say why. Stopping."
                )
                return False
            self.say(f"The {part.name} ended; {_when(pause)}.")
        elif now >= ends.due:
            self._start(part)
        return True

    def _stop(self) -> None:
        asked = self._signals
        if asked:
            self.say("Stopping; what is being done is finished first.")
        for part in self.parts:
            part.ask_to_stop()
        deadline = time.monotonic() + self.stop_seconds
        # A second Ctrl-C means now.
        while time.monotonic() < deadline and self._signals <= max(asked, 1):
            if not any(part.running() for part in self.parts):
                break
            time.sleep(0.05)
        for part in self.parts:
            part.kill()


def _when(pause: float) -> str:
    return f"starting it again in {pause:.0f} seconds" if pause >= 2 else "starting it again"
