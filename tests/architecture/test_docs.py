"""Documents can be found, lead somewhere, and show pictures that exist and are light."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

_SHOWN: Final = re.compile(r"screenshots/([\w-]+\.png)")
_MAX_BYTES: Final = 150_000
_FOLDER: Final = ROOT / "docs" / "screenshots"
_DECISIONS: Final = ROOT / "docs" / "decisions"
_HEADINGS: Final = ("# ", "**Context.** ", "**Decision.** ", "**Consequences.** ")
_LINK: Final = re.compile(r"\]\(([^)#:]+)\)")


def test_documents_show_the_pictures_that_there_are() -> None:
    shown = {name for each in _documents() for name in _SHOWN.findall(each.read_text("utf-8"))}

    assert shown == {each.name for each in _FOLDER.iterdir()}


def test_pictures_are_light() -> None:
    heavy = {each.name for each in _FOLDER.iterdir() if each.stat().st_size > _MAX_BYTES}

    assert heavy == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{document.name}: {target}"
        for document in _documents()
        for target in _LINK.findall(document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    found: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        found.add(document)
        links = _LINK.findall(document.read_text("utf-8"))
        targets = {(document.parent / link).resolve() for link in links if link.endswith(".md")}
        waiting += targets - found

    assert set(_documents()) - found == set()


def test_decisions_are_numbered_and_say_the_same_kind_of_things() -> None:
    pages = sorted(path for path in _DECISIONS.glob("*.md") if path.name != "README.md")

    numbers = [int(page.name[:4]) for page in pages]
    incomplete = [
        page.name
        for page in pages
        if not all(f"\n{each}" in f"\n{page.read_text('utf-8')}" for each in _HEADINGS)
    ]

    assert numbers == list(range(1, len(pages) + 1))
    assert incomplete == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    required = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[^\w-]", each)[0] for each in required}
    table = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    explained = re.findall(r"[\w-]+", " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)))

    assert names - set(explained) == set()


def _documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
