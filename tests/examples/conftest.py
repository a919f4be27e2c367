"""A console, and the time that it lives in."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import httpx
import pytest

from examples import ras_console
from tests.examples.portal import FakeTime, Farm, Network


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(ras_console, "time", fake)
    return fake


@pytest.fixture
def farm(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fake_time: FakeTime,
) -> Farm:
    network = Network()
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=network))
    return Farm(tmp_path, capsys, network)
