"""A pytest plugin: which tests this run is about, in which order workers of xdist take them, and
whether one of them may be skipped.

With PORTAL_TEST_NO_SKIPS=1 a skipped test or module counts as failed.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Final

import pytest

from tests import services

NO_SKIPS: Final = os.environ.get("PORTAL_TEST_NO_SKIPS") == "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests marked `embedded(only=True)` to the embedded run.

    Workers take long work first: what one of them does alone must not begin when others are done.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=_turn)
    if services.EMBEDDED:
        return
    elsewhere = [item for item in items if _embedded_only(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if not _embedded_only(item)]


def _embedded_only(item: pytest.Item) -> bool:
    return any(marker.kwargs.get("only") for marker in item.iter_markers("embedded"))


def _turn(item: pytest.Item) -> int:
    """Groups go to one worker each; a journey takes seconds, most other tests milliseconds."""
    if item.get_closest_marker("xdist_group"):
        return 0
    return 1 if item.get_closest_marker("browser") else 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = _refusal(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = _refusal(report.longrepr)
    return report


def _refusal(longrepr: object) -> str:
    reason = longrepr[2] if isinstance(longrepr, tuple) else longrepr
    return f"Nothing may be skipped in this run. {reason}"
