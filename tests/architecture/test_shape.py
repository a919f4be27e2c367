"""Small files, small functions, and nothing that only works on one machine (STYLE 24)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Final

from tests.architecture import source

FILE_LINES: Final = 250
FUNCTION_LINES: Final = 40
ROOM_LINES: Final = 3500
MEDIAN_LINES: Final = 90
# Longer on purpose, each with its reason; the number is how long it may be.
LONG_FILES: Final = {
    "onboarding/settings.py": (450, "one settings file, in the order of Django's parts"),
}
LONG_FUNCTIONS: Final = {
    "tests/limits/forms.py:forms_of_people": "a list",
    "tests/limits/license_forms.py:forms_of_activation": "a list",
    "tests/limits/license_forms.py:forms_of_licenses": "a list",
    "tests/architecture/two_companies.py:_owned": "a list",
    "tests/licensing/valid_rows.py:make": "a list",
    "onboarding/site/checks.py:_rules": "a list",
    "onboarding/site/logs.py:logging_config": "a dictionary",
}
OF_ONE_MACHINE: Final = re.compile(
    r"(?<![\w.{}$-])/(work|root|Users|mnt|opt/homebrew)/"
    r"|/home/(?!app\b|portal\b)\w+/"
    # Written so that this file names no registry either.
    r"|https?://[\w.-]*(pypi|python[h]osted|npm[j]s|jsdelivr|unpkg|artifactory|nexus)[\w.-]*",
    re.IGNORECASE,
)
TEXT: Final = {
    ".py", ".toml", ".md", ".txt", ".html", ".css", ".js", ".yml", ".yaml", ".sh", ".lock", ".csv",
    ".svg", ".example", "",
}  # fmt: skip


def test_files_are_small() -> None:
    lengths = {
        source.name(path): _lines(path) for path in source.modules(*source.PACKAGES, "tests")
    }

    assert {
        name: length
        for name, length in lengths.items()
        if length > LONG_FILES.get(name, (FILE_LINES, ""))[0]
    } == {}


def test_rooms_are_small_and_most_files_fit_a_look() -> None:
    rooms: Counter[str] = Counter()
    for path in source.modules(*source.PACKAGES):
        rooms["/".join(source.name(path).split("/")[:2])] += _lines(path)

    assert {room: lines for room, lines in rooms.items() if lines >= ROOM_LINES} == {}
    assert median(map(_lines, source.modules(*source.PACKAGES))) < MEDIAN_LINES


def test_functions_are_small() -> None:
    long = {
        f"{source.name(path)}:{node.name}": length
        for path in source.modules(*source.PACKAGES, "tests")
        for node in source.nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }

    assert {name: length for name, length in long.items() if name not in LONG_FUNCTIONS} == {}


def test_no_package_borrows_the_name_of_its_own_module() -> None:
    """Python puts a submodule over whatever its package had imported by that name."""
    borrowed = {
        f"{source.name(path)}: {bound}"
        for path in source.modules(*source.PACKAGES)
        if path.name == "__init__.py"
        for node in source.tree(path).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for bound in (alias.asname or alias.name for alias in node.names)
        if (path.parent / f"{bound}.py").exists() or (path.parent / bound).is_dir()
        if getattr(node, "module", "") != ".".join(path.parent.relative_to(source.ROOT).parts)
    }

    assert borrowed == set()


def test_there_are_no_junk_drawers() -> None:
    junk = {"utils", "helpers", "common", "services", "misc"}

    named = {source.name(path) for path in source.tracked() if path.stem in junk}

    assert named == {"tests/services.py"}  # PostgreSQL and Redis for the tests: services indeed


def test_no_file_knows_a_machine_or_a_registry() -> None:
    found = {
        f"{source.name(path)}:{number}": match[0]
        for path in source.tracked()
        if path.suffix in TEXT and path.name != "test_shape.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := OF_ONE_MACHINE.search(line))
    }

    assert found == {}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
