"""`/metrics`: for whoever holds the token, added up over processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onboarding.operations.metrics_portal import TOKEN, ask

pytestmark = [pytest.mark.processes]
HEALTHZ = 'portal_requests_total{method="GET",route="healthz",status="200"}'


def test_whoever_holds_the_token_reads_what_several_processes_counted(tmp_path: Path) -> None:
    ask(tmp_path, "", "/healthz", "/healthz")

    status, text = ask(tmp_path, f"Bearer {TOKEN}", "/healthz")

    assert status == "200 True"
    assert f"{HEALTHZ} 3.0" in text
    assert 'portal_request_seconds_count{route="healthz"} 3.0' in text


def test_refusals_are_counted(tmp_path: Path) -> None:
    ask(tmp_path, "Bearer wrong")

    _status, text = ask(tmp_path, f"Bearer {TOKEN}")

    assert 'portal_security_events_total{event="authn_token_fail",of=""} 1.0' in text


def test_a_database_that_is_away_is_told_and_hides_nothing_else(tmp_path: Path) -> None:
    _status, text = ask(tmp_path, f"Bearer {TOKEN}")

    assert "portal_database_up 0.0" in text
    assert 'portal_hashes_waiting{lane="slot"} 0.0' in text
    assert "portal_broker_silent 0.0" in text


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_nobody_else_learns_that_it_is_there(tmp_path: Path, authorization: str) -> None:
    status, text = ask(tmp_path, authorization)

    assert status.startswith("404")
    assert "portal_" not in text


def test_without_a_token_there_is_no_such_address_and_nothing_is_loaded(tmp_path: Path) -> None:
    status, _text = ask(tmp_path, "Bearer ", "/healthz", token="")

    assert status == "404 False"
    assert not (tmp_path / "metrics").exists()
