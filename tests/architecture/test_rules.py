"""Rules and code know each other: every id cited exists, every rule is cited and names its test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture import source

_RULES: Final = source.ROOT / "docs" / "rules.md"
_SECTION: Final = re.compile(r"^#+ (\d(?:\.\d)?)\.? ", re.MULTILINE)
_ROW: Final = re.compile(r"^\| (A\d+) \|", re.MULTILINE)
_ID: Final = r"(?:A\d+|\d(?:\.\d)?)\b"
_PLACE: Final = r"(?:journeys? \d|rows? \d+)"
_CITATION: Final = re.compile(
    rf"SPEC §?((?:{_ID}|{_PLACE})(?:(?:, |; |–|-| and )(?:{_ID}|{_PLACE}))*)"
)
_RANGE: Final = re.compile(r"A(\d+)[–-]A(\d+)")
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_READ: Final = frozenset({".py", ".html", ".txt", ".md", ".js", ".css", ".toml", ".csv"})
# What stands between two rules: a heading, a blank line, or the next row or point of a list.
_RULE: Final = re.compile(r"^(?:\| (?!Id |# |What |-)|- \*\*|\d\. \*\*)", re.MULTILINE)
_UNBUILT: Final = "## Not built yet"


def test_every_rule_that_is_cited_exists() -> None:
    known = _ids()

    unknown = {
        f"{source.name(path)}: SPEC {each}"
        for path in _texts()
        for each in _cited(path)
        if each not in known
    }

    assert unknown == set()


def test_every_rule_is_cited_in_code_or_tests() -> None:
    cited = {each for path in _texts() if path.suffix != ".md" for each in _cited(path)}
    # A section that has parts, or rows with ids of their own, is cited by those.
    whole = {each for each in _ids() if each not in {"2", "4"}}

    assert whole - cited == set()


def test_every_rule_names_tests_that_exist() -> None:
    missing = {
        f"{path}::{name}"
        for path, name in _TEST.findall(_RULES.read_text("utf-8"))
        if name not in _tests_in(source.ROOT / path)
    }

    assert missing == set()


def test_every_rule_that_is_built_names_a_test() -> None:
    built = _RULES.read_text("utf-8").partition(_UNBUILT)[0]
    guide = built[built.index("### 2.1") : built.index("- **Every row is proven**")]

    unproven = [
        rule.strip().splitlines()[0]
        for rule in _rules(built.replace(guide, ""))
        if not _TEST.search(rule)
    ]

    assert unproven == []


def test_citations_are_read_however_they_are_written() -> None:
    found = list(_ids_in("(SPEC A18–A20; 2.2), SPEC 3, journey 2; A4 and SPEC 4.1: SPEC 5"))

    assert found == ["A18", "A19", "A20", "2.2", "3", "A4", "4.1", "5"]


def _ids() -> set[str]:
    text = _RULES.read_text("utf-8")
    return {*_SECTION.findall(text), *_ROW.findall(text)}


def _texts() -> Iterator[Path]:
    return (
        path
        for path in source.tracked()
        if path.suffix in _READ and "static/vendor" not in source.name(path)
        if path != Path(__file__)
    )


def _cited(path: Path) -> Iterator[str]:
    return _ids_in(path.read_text("utf-8"))


def _ids_in(text: str) -> Iterator[str]:
    for cited in _CITATION.findall(text):
        whole = _RANGE.sub(_spelled_out, cited)
        yield from re.findall(_ID, re.sub(_PLACE, "", whole))


def _spelled_out(ends: re.Match[str]) -> str:
    """`A18–A20` as `A18, A19, A20`; A17 was never given."""
    numbers = range(int(ends[1]), int(ends[2]) + 1)
    return ", ".join(f"A{number}" for number in numbers if number != 17)


def _rules(text: str) -> list[str]:
    """Each row and each point of a list that states a rule, with what belongs to it."""
    starts = [match.start() for match in _RULE.finditer(text)]
    return [
        re.split(r"\n\n|\n#", text[start:end])[0]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def _tests_in(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {
        node.name
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
