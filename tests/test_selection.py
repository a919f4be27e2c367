"""The plugin that keeps a skipped suite from looking like a passed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SUITE = """
import pytest

def test_passes():
    pass

def test_skips():
    pytest.skip("no browser here")

@pytest.mark.xfail
def test_is_known_to_fail():
    assert False

@pytest.mark.embedded(only=True)
def test_is_for_sqlite():
    pass
"""


def run(folder: Path, suite: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_suite.py").write_text(suite)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    embedded: as in the portal\n")
    options = "-q -p tests.selection -p no:django -p no:cacheprovider --rootdir"
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options.split(), str(folder), str(folder)],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "code", "summary"),
    [
        ({}, 0, "1 passed, 1 skipped, 1 deselected, 1 xfailed"),
        ({"PORTAL_TEST_NO_SKIPS": "1"}, 1, "1 failed, 1 passed, 1 deselected, 1 xfailed"),
        ({"PORTAL_TEST_EMBEDDED": "1"}, 0, "2 passed, 1 skipped, 1 xfailed"),
    ],
)
def test_a_skip_fails_the_run_where_nothing_may_be_skipped(
    tmp_path: Path, environment: dict[str, str], code: int, summary: str
) -> None:
    result = run(tmp_path, SUITE, **environment)

    assert result.returncode == code, result.stdout
    assert summary in result.stdout


def test_a_module_that_skips_itself_fails_too(tmp_path: Path) -> None:
    suite = "import pytest\npytest.importorskip('a_module_that_is_not_here')\n"

    result = run(tmp_path, suite, PORTAL_TEST_NO_SKIPS="1")

    assert result.returncode == 2
    assert "Nothing may be skipped in this run" in result.stdout
