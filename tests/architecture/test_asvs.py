"""docs/asvs.md is whole and honest: each requirement once, proofs exist, the sums are right."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.architecture import source

DOCUMENT: Final = source.ROOT / "docs" / "asvs.md"
# The level of each requirement of ASVS 5.0.0, section by section: 1.2.10 is of level 3.
LEVELS: Final = """
1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123 2.1:122 2.2:112 2.3:12223 2.4:23 3.1:3
3.2:113 3.3:12223 3.4:11222233 3.5:11122333 3.6:3 3.7:22333 4.1:12233 4.2:23333 4.3:22 4.4:1222
5.1:2 5.2:112333 5.3:113 5.4:222 6.1:122 6.2:111111112222 6.3:11223333 6.4:112233 6.5:22222333
6.6:2223 6.7:33 6.8:2222 7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:223 7.6:22 8.1:1233 8.2:1123 8.3:133
8.4:23 9.1:111 9.2:1222 10.1:22 10.2:223 10.3:22223 10.4:1111122222233333 10.5:22222 10.6:22
10.7:222 11.1:2233 11.2:22233 11.3:11233 11.4:1222 11.5:23 11.6:23 11.7:33 12.1:12233 12.2:11
12.3:22223 13.1:2333 13.2:222223 13.3:2233 13.4:1222233 14.1:22 14.2:12223333 14.3:122 15.1:12233
15.2:12233 15.3:1222222 15.4:3333 16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:2223 17.1:23
17.2:22223333 17.3:22
"""
BESIDE: Final = ("security.md", "threat-model.md")
_SECTION: Final = re.compile(r"\]\(([\w./-]+\.md)#([\w-]+)\)")
_ROW: Final = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)
_WITHOUT: Final = re.compile(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| ([^|]+) \|$", re.MULTILINE)
_SUM: Final = re.compile(r"^\| \**([^|*\d]+)\** \| \**(\d+)\** \|$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_REASON: Final = re.compile(r"\*\*(Deviation:|Operator:|Document\.)\*\*")


@dataclass(frozen=True)
class Row:
    id: str
    level: int
    proof: str

    @property
    def kind(self) -> str:
        """What stands for it: `Deviation:`, `Operator:`, `Document.`, or tests alone."""
        found = _REASON.search(self.proof)
        return found[1] if found else "tests"


def rows() -> list[Row]:
    text = DOCUMENT.read_text(encoding="utf-8")
    return [Row(number, int(level), proof) for number, level, _, _, proof in _ROW.findall(text)]


def without() -> list[str]:
    text = DOCUMENT.read_text(encoding="utf-8").partition("## Without a surface")[2]
    return [each for ids, _ in _WITHOUT.findall(text) for each in ids.split(", ")]


def levels() -> dict[str, int]:
    sections = (each.split(":") for each in LEVELS.split())
    return {
        f"{section}.{number}": int(level)
        for section, known in sections
        for number, level in enumerate(known, 1)
    }


def test_no_requirement_is_missing_or_twice() -> None:
    wanted = {number for number, level in levels().items() if level < 3}
    found = Counter([*(row.id for row in rows()), *without()])

    assert [number for number, times in found.items() if times > 1] == []
    assert wanted - set(found) == set()
    assert set(found) - set(levels()) == set()


def test_each_row_says_its_level() -> None:
    known = levels()

    assert {row.id: row.level for row in rows()} == {row.id: known[row.id] for row in rows()}
    assert {known[number] for number in without()} <= {1, 2}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_each_row_has_a_proof_that_exists(row: Row) -> None:
    named = _TEST.findall(row.proof)

    # An operator's row is proven where it is run; all others here, deviations included.
    assert named or row.kind == "Operator:"
    assert [f"{path}::{name}" for path, name in named if name not in _tests_in(path)] == []


def test_a_deviation_says_why() -> None:
    bare = [
        row.id
        for row in rows()
        if row.kind == "Deviation:" and len(_TEST.sub("", row.proof).split()) < 8
    ]

    assert bare == []


def test_the_sums_are_right() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    sums = {what.strip().split(",")[0]: int(number) for what, number in _SUM.findall(text)}
    kinds = Counter(row.kind for row in rows() if row.level < 3)

    assert sums == {
        "proven by tests": kinds["tests"],
        "written down": kinds["Document."],
        "deviations": kinds["Deviation:"],
        "for whoever operates it: network": kinds["Operator:"],
        "apply": kinds.total(),
        "have no surface here": len(without()),
    }
    assert kinds.total() + len(without()) == 70 + 183
    assert f"\n{sum(row.level == 3 for row in rows())} of level 3" in text


def test_links_lead_to_sections_that_exist() -> None:
    broken = [
        f"{page.name}: {target}#{section}"
        for page in (DOCUMENT, *(DOCUMENT.with_name(each) for each in BESIDE))
        for target, section in _SECTION.findall(page.read_text(encoding="utf-8"))
        if section not in _sections(page.parent / target)
    ]

    assert broken == []


def _sections(page: Path) -> set[str]:
    """The headings of a page as links name them: `## Ways in` is `ways-in`."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def _tests_in(name: str) -> set[str]:
    path = Path(source.ROOT / name)
    if not path.is_file():
        return set()
    return {
        node.name
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }
