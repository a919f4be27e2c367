"""The gate before the hash: one cap for the machine, two wait, the rest go at once (SPEC 6)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from accounts.limits import hash_gate
from accounts.sign_in.hashers import Argon2
from tests import hash_gates

pytestmark = pytest.mark.embedded


@pytest.fixture(autouse=True)
def one_slot(tmp_path: Path) -> Iterator[None]:
    with hash_gates.small(tmp_path):
        yield


class Hammer:
    """Threads that all come to the gate at once; who is in stays until `open` is set."""

    def __init__(self, count: int, lane: hash_gate.Lane = hash_gate.ANONYMOUS) -> None:
        self.open = threading.Event()
        self.inside: list[int] = []
        self.most = 0
        self.busy: list[float] = []
        self._lane = lane
        self.threads = [threading.Thread(target=self._come, args=[n]) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _come(self, number: int) -> None:
        began = time.monotonic()
        try:
            with hash_gate.through(self._lane):
                self.inside.append(number)
                self.most = max(self.most, len(self.inside))
                self.open.wait(60)
                self.inside.remove(number)
        except hash_gate.Busy:
            self.busy.append(time.monotonic() - began)

    def join(self) -> None:
        self.open.set()
        for thread in self.threads:
            thread.join()


def wait_until(true: object) -> None:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.01)


def test_one_is_in_two_wait_and_the_rest_are_refused_at_once() -> None:
    hammer = Hammer(20, replace(hash_gate.ANONYMOUS, patience=600))
    wait_until(lambda: len(hammer.busy) == 17)

    assert len(hammer.busy) == 17, "refused, though who waits has ten minutes"
    assert max(hammer.busy) < 60
    hammer.join()
    assert hammer.most == 1
    assert len(hammer.busy) == 17, "those who waited came in"


def test_the_kept_lane_is_open_while_strangers_hammer() -> None:
    hammer = Hammer(20)
    wait_until(lambda: len(hammer.busy) == 17)
    known = Hammer(1, hash_gate.kept("Alice's browser"))

    time.sleep(0.05)
    assert known.busy == []
    hammer.open.set()
    known.join()
    hammer.join()

    assert known.busy == []
    assert known.most == 1


def test_one_known_browser_cannot_fill_the_kept_lane() -> None:
    slot = hash_gates.take("slot-0")
    lane = replace(hash_gate.kept("Mallory's browser"), patience=30)
    mallory = Hammer(20, lane)
    wait_until(lambda: len(mallory.busy) == 18)
    alice = Hammer(1, hash_gate.kept("Alice's browser"))

    alice.open.set()  # or she holds the slot until Mallory's patience ends
    os.close(slot)
    mallory.join()
    alice.join()

    assert len(mallory.busy) == 18
    assert alice.most == 1


def test_who_is_inside_passes_again() -> None:
    with hash_gate.through(hash_gate.ANONYMOUS), hash_gate.through(hash_gate.ANONYMOUS):
        pass


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = hash_gates.take("slot-0")

    with (
        pytest.raises(hash_gate.Busy),
        hash_gate.through(hash_gate.Lane(("stranger-0",), patience=0.05)),
    ):
        pass

    os.close(slot)
    os.close(hash_gates.take("stranger-0"))


def test_another_process_counts_and_its_sudden_end_frees_its_place(tmp_path: Path) -> None:
    code = (
        "import time, django; django.setup(); from accounts.limits import hash_gate;"
        "passage = hash_gate.through(hash_gate.ANONYMOUS); passage.__enter__();"
        "print('in', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "onboarding.settings",
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_HASHES_AT_ONCE": "1",
        },
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"in\n"
    here = hash_gate.Lane(("stranger-0",), patience=0.05)
    with pytest.raises(hash_gate.Busy), hash_gate.through(here):
        pass

    other.kill()
    other.wait()
    other.stdout.close()

    with hash_gate.through(here):
        pass


def test_no_hash_gets_past_the_gate(tmp_path: Path) -> None:
    hasher, salt = Argon2(), "a salt of some length"
    encoded = hasher.encode("correct horse battery", salt)
    assert hasher.verify("correct horse battery", encoded)

    with hash_gates.full(tmp_path), hash_gate.lane_is(lambda: hash_gate.ANONYMOUS):
        with pytest.raises(hash_gate.Busy):
            hasher.encode("correct horse battery", salt)
        with pytest.raises(hash_gate.Busy):
            hasher.verify("correct horse battery", encoded)


def test_a_command_waits_for_its_turn(tmp_path: Path) -> None:
    with hash_gates.full(tmp_path, until=0.2):
        assert Argon2().encode("correct horse battery", "a salt of some length")
