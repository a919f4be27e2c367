"""The supervisor's patience: what it starts again, and when it gives up."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from onboarding.embedded import supervisor
from onboarding.embedded.supervisor import END_SIGNALS, Process, Supervisor
from tests.onboarding.processes import until


@pytest.fixture(autouse=True)
def signal_handlers_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in END_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def python(code: str, name: str = "web") -> Process:
    return Process(name, [sys.executable, "-c", code], essential=name == "web")


@dataclass
class Said:
    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def test_a_part_that_ends_five_times_in_a_minute_ends_everything() -> None:
    said = Said()
    sleeper = python("import time; time.sleep(60)", name="worker")
    keeper = Supervisor([python("raise SystemExit(3)"), sleeper], say=said, first_delay=0.01)

    code = keeper.run()

    assert code == 1
    assert [line for line in said.lines if "starting it again" in line] == [
        "The web ended; starting it again."
    ] * 4
    assert said.lines[-1].startswith("The web ended 5 times within a minute.")
    assert not sleeper.running()


def test_a_worker_that_keeps_ending_never_ends_the_web(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    dying = python(f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)", name="worker")
    web = python("import time; time.sleep(60)")
    running: list[bool] = []

    def end_after_seven() -> None:
        if starts.exists() and len(starts.read_text()) >= 7:
            running.append(web.running())
            os.kill(os.getpid(), signal.SIGTERM)

    said = Said()
    keeper = Supervisor([web, dying], say=said, first_delay=0.01, on_tick=end_after_seven)

    assert keeper.run() == 0
    assert running == [True]
    assert not [line for line in said.lines if "Stopping." in line]


def test_a_part_that_keeps_ending_is_started_ever_more_slowly() -> None:
    ends = supervisor._Ends(started=100.0)

    pauses = [ends.note(101.0, first_delay=0.5) for _ in range(12)]

    assert pauses == [0, 0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_part_that_lasted_is_started_at_once_again() -> None:
    ends = supervisor._Ends(started=100.0)
    for _ in range(6):
        ends.note(101.0, first_delay=0.5)

    ends.note(100.0 + supervisor.GIVE_UP_WITHIN_SECONDS, first_delay=0.5)

    assert ends.due == 100.0 + supervisor.GIVE_UP_WITHIN_SECONDS


def test_a_part_that_cannot_be_started_is_tried_again() -> None:
    said = Said()
    missing = Process("worker", ["/no/such/program"])
    keeper = Supervisor([missing], say=said, first_delay=0.01)

    def end_after_three() -> None:
        if len(said.lines) >= 6:
            os.kill(os.getpid(), signal.SIGTERM)

    keeper.on_tick = end_after_three

    assert keeper.run() == 0
    assert "The worker couldn't be started" in said.lines[0]


def test_a_part_that_ignores_the_request_to_stop_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = python(
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f" pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    )

    def interrupt_when_ready() -> None:
        if ready.exists():
            os.kill(os.getpid(), signal.SIGTERM)

    keeper = Supervisor([stubborn], say=Said(), stop_seconds=0.3, on_tick=interrupt_when_ready)
    started = time.monotonic()

    assert keeper.run() == 0
    assert not stubborn.running()
    assert time.monotonic() - started < 60


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = python(
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f" pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    )

    def interrupt_twice_when_ready() -> None:
        if ready.exists():
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            os.kill(os.getpid(), signal.SIGINT)

    def second(number: int, frame: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGALRM, second)
    started = time.monotonic()
    try:
        code = Supervisor(
            [stubborn], say=Said(), stop_seconds=300, on_tick=interrupt_twice_when_ready
        ).run()
    finally:
        signal.signal(signal.SIGALRM, before)

    assert code == 0
    assert time.monotonic() - started < 60


def test_what_a_dead_part_left_behind_is_ended_before_it_starts_again(tmp_path: Path) -> None:
    left = tmp_path / "left"
    # Its child outlives it, as a web server's worker does when the server itself is killed.
    code = (
        "import pathlib, subprocess, sys;"
        " child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f" file = pathlib.Path({str(left)!r});"
        " file.open('a').write(f'{child.pid}\\n')"
    )

    assert Supervisor([python(code)], say=Said(), first_delay=0.01).run() == 1

    pids = [int(line) for line in left.read_text().split()]
    assert len(pids) == 5
    assert until(lambda: not [pid for pid in pids if _alive(pid)], within=60)


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
