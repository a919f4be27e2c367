"""Documents show pictures that exist, each picture is shown somewhere, and none is heavy."""

from __future__ import annotations

import re
from typing import Final

from tests.architecture.source import ROOT

_SHOWN: Final = re.compile(r"screenshots/([\w-]+\.png)")
_MOST_BYTES: Final = 150_000
_FOLDER: Final = ROOT / "docs" / "screenshots"


def test_documents_show_the_pictures_that_there_are() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for each in documents for name in _SHOWN.findall(each.read_text("utf-8"))}

    assert shown == {each.name for each in _FOLDER.iterdir()}


def test_pictures_are_light() -> None:
    heavy = {each.name for each in _FOLDER.iterdir() if each.stat().st_size > _MOST_BYTES}

    assert heavy == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{document.name}: {target}"
        for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]

    assert broken == []
