"""The glossary is short, and the code that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

from tests.architecture import source

MAX_TERMS: Final = 40
_ROOT: Final = Path(__file__).parents[2]
_TEXT: Final = (_ROOT / "docs/glossary.md").read_text()
# `User`, `LEASE_DURATION` or `accounts.access`; the arguments `by` and `now` are too short to tell.
_NAMES: Final = re.findall(r"`([A-Z]\w+|[a-z_]+\.[\w.]+)`", _TEXT)


def _defined() -> set[str]:
    names: set[str] = set()
    for path in source.modules(*source.PACKAGES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
    return names


def _is_module(name: str) -> bool:
    path = _ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_the_code_that_the_glossary_names_exists() -> None:
    defined = _defined()

    unknown = [name for name in _NAMES if name not in defined and not _is_module(name)]

    assert len(_NAMES) > 10
    assert unknown == []


def test_the_glossary_stays_short() -> None:
    terms = re.findall(r"^\| (?!Word)[a-z]", _TEXT, re.MULTILINE)

    assert 20 < len(terms) <= MAX_TERMS
