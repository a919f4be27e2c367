"""Writes live in actions (ARCHITECTURE): everywhere else the database is only read."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from tests.architecture import source

WRITES: Final = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
MANAGERS: Final = {"update", "delete", "create"}
# Where rows may be written: the verbs, and the two records at the bottom.
HOMES: Final = ("/actions/", "/outbox/", "/audit/", "/models/", "/models.py", "/migrations/")
# What else writes, each with its reason; one more is a decision.
ALLOWED: Final = {
    "accounts/middleware.py": "last seen, in allauth's list of sessions",
    "accounts/tasks.py": "clears what has expired",
    "accounts/limits/__init__.py": "counts tries",
    "accounts/sign_in/sessions.py": "Django's sessions, written by fewer statements",
    "onboarding/management/demo/people.py": "the demonstration's people",
    "onboarding/management/demo/staff.py": "the demonstration's person at the vendor's desk",
}


def test_writes_live_in_actions() -> None:
    writers = {
        source.name(path): lines
        for path in source.modules(*source.PACKAGES)
        if not any(home in f"/{source.name(path)}" for home in HOMES)
        if (lines := _writes_in(path))
    }

    assert {name: lines for name, lines in writers.items() if name not in ALLOWED} == {}


def test_no_exception_has_outlived_its_reason() -> None:
    for name in ALLOWED:
        assert _writes_in(source.ROOT / name), name


def _writes_in(path: Path) -> list[int]:
    """The lines that write a row: `x.save()`, and a manager's or query's verbs."""
    return [
        node.lineno
        for node in source.nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and _is_of_the_database(node.func)
    ]


def _is_of_the_database(call: ast.Attribute) -> bool:
    """Dictionaries update too, and sessions are saved: what counts is a model, manager or query."""
    text = ast.unparse(call.value)
    if call.attr == "save":
        return not text.endswith("session")
    if text.isupper():  # a constant, such as a table of rates
        return False
    if call.attr in MANAGERS:
        return text != "vars()" and ("objects" in text or "(" in text or text[:1].isupper())
    return True
