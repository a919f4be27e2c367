"""What our code never does: run text as code, start programs, open URLs, unpickle, trust markup."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture import source

# What it is → who may do it all the same, each with the reason.
IMPORTS: Final[dict[str, dict[str, str]]] = {
    "subprocess": {"onboarding/embedded/supervisor.py": "`manage.py up` starts web and worker"},
    "random": {"accounts/outbox/delivery.py": "jitter of delays, no secret"},
    # Nothing that comes in is read by them.
    **{name: {} for name in ("pickle", "marshal", "shelve", "xml", "lxml", "yaml", "openpyxl")},
    # A stranger's address is never opened: there is no request to another server at all.
    **{name: {} for name in ("requests", "httpx", "urllib3", "urllib.request", "aiohttp")},
    "http.client": {"onboarding/management/commands/up.py": "asks its own web whether it lives"},
    # Files that come packed are never unpacked.
    **{name: {} for name in ("zipfile", "tarfile", "gzip", "zlib", "bz2", "lzma", "shutil")},
}
CALLS: Final[dict[str, dict[str, str]]] = {
    **{name: {} for name in ("eval", "exec", "compile", "__import__", "SafeString")},
    "mark_safe": {"accounts/templatetags/elements.py": "what a template has drawn, stripped"},
    "raw": {"accounts/outbox/claiming.py": "claims mails by one statement"},
    **{name: {} for name in ("RawSQL", "extra", "system", "popen", "md5", "sha1")},
    # Whoever publishes to the broker waits for it: pages ring, a thread of its own publishes.
    "send_task": {"accounts/outbox/worker_signals.py": "the thread that wakes workers"},
    **{name: {} for name in ("delay", "apply_async")},
    # Files of secrets are written in one place.
    "fdopen": {"accounts/identity/private_files.py": "files that only their owner reads"},
    # SQL by hand: fixed text, values as parameters.
    "execute": {
        "accounts/limits/models.py": "counts up in one statement",
        "licensing/fleet/reading/reporting.py": "a check-in reads in one statement",
        "licensing/fleet/actions/report_writing.py": "a check-in writes in one statement",
        "licensing/fleet/actions/request_counts.py": "counts up in one statement",
        "licensing/merging/reading/lookalike_signs.py": "a query of Django's, compiled once",
        "licensing/purchases/actions/importing/rows.py": "many rows by one statement",
        "licensing/purchases/actions/pause.py": "a lock of PostgreSQL",
        "onboarding/operations/database_findings.py": "how PostgreSQL is set, in fixed questions",
        "onboarding/site/views/health.py": "SELECT 1",
    },
}
# In scripts: text is put in as text, and nothing about a person is kept in the browser.
SCRIPT: Final = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\("
    r"|sessionStorage|indexedDB|postMessage|document\.cookie|https?://|localStorage\.(?!getItem\(KEY|setItem\(KEY)"
)
_BUILTINS: Final = {"eval", "exec", "compile", "__import__"}


def _imports(path: Path) -> Iterator[str]:
    for node in source.nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(path: Path) -> Iterator[str]:
    for node in source.nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # `re.compile` is not `compile`.
            yield from {node.func.attr} - _BUILTINS


@pytest.mark.parametrize("name", IMPORTS)
def test_nobody_imports(name: str) -> None:
    found = {
        source.name(path)
        for path in source.modules(*source.PACKAGES)
        if any(each == name or each.startswith(f"{name}.") for each in _imports(path))
    }

    assert found <= set(IMPORTS[name])


@pytest.mark.parametrize("name", CALLS)
def test_nobody_calls(name: str) -> None:
    found = {
        source.name(path) for path in source.modules(*source.PACKAGES) if name in set(_calls(path))
    }

    assert found <= set(CALLS[name])


def test_sql_by_hand_is_never_put_together_from_values() -> None:
    """Each value is a parameter; ruff's S608 looks at what is put together before the call."""
    built = [
        f"{source.name(path)}:{node.lineno}"
        for path in source.modules(*source.PACKAGES)
        for node in source.nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "execute"
        and isinstance(node.args[0], ast.BinOp | ast.JoinedStr)
    ]

    assert built == []


def test_no_form_and_no_schema_takes_all_fields() -> None:
    found = [
        source.name(path)
        for path in source.modules(*source.PACKAGES)
        for node in source.nodes(path)
        if isinstance(node, ast.Constant) and node.value == "__all__"
    ]

    assert found == []


def test_scripts_put_in_text_and_keep_nothing() -> None:
    scripts = [path for path in source.tracked() if path.is_relative_to(source.ROOT / "static/js")]

    found = {
        source.name(path): match[0]
        for path in scripts
        if (match := SCRIPT.search(path.read_text(encoding="utf-8")))
    }

    assert scripts
    assert found == {}
