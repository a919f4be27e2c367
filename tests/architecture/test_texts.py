"""Texts for people: kind, calm, and fit to be translated (DESIGN, Voice)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture import source

FORBIDDEN: Final = re.compile(
    r"\b(successful(ly)?|oops|please|sorry|invalid token|tenant|entitlement"
    # docs/voice.md, "One word for one thing"
    r"|mails?(?! server)|mailed|e-mails?|any more|needn't|somebody|taken back|take it back"
    r"|good until|holds (until|for)|runs? under|users at once|came back|carry your"
    r"|was used already|present password|go on with(out)?)\b",
    re.IGNORECASE,
)
_TRANSLATE: Final = re.compile(r"{%\s*translate\s+([\"'])(.*?)\1", re.DOTALL)
_BLOCK: Final = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate", re.DOTALL)
_GETTEXT: Final = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}


def test_no_text_has_a_word_that_the_voice_bans() -> None:
    found = {
        f"{name}: {text}"
        for name, text in [*_in_templates(), *_in_code()]
        if FORBIDDEN.search(text)
    }

    assert found == set()


def test_texts_are_whole_when_they_are_translated() -> None:
    """A value formatted in before the look-up is a text that no catalog knows."""
    wrong = {
        f"{source.name(path)}:{call.lineno}"
        for path in source.modules(*source.PACKAGES)
        for call in _gettext_calls(path)
        for argument in call.args[:2]
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
    }

    assert wrong == set()


def test_refusals_and_labels_go_through_gettext() -> None:
    """What a form or a refusal says stands in `_()`, never bare."""
    spoken = {"label", "help_text", "legend"}
    bare = {
        f"{source.name(path)}:{node.value.lineno}"
        for path in source.modules(*source.PACKAGES)
        for node in source.nodes(path)
        if isinstance(node, ast.keyword) and node.arg in spoken
        if isinstance(node.value, ast.Constant) and node.value.value
        if isinstance(node.value.value, str)
    }

    assert bare == set()


def _in_templates() -> Iterator[tuple[str, str]]:
    for path in source.templates():
        text = path.read_text(encoding="utf-8")
        for match in _TRANSLATE.finditer(text):
            yield source.name(path), match[2]
        for match in _BLOCK.finditer(text):
            yield source.name(path), match[1]


def _in_code() -> Iterator[tuple[str, str]]:
    for path in source.modules(*source.PACKAGES):
        for call in _gettext_calls(path):
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield source.name(path), argument.value


def _gettext_calls(path: Path) -> Iterator[ast.Call]:
    for node in source.nodes(path):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _GETTEXT:
            yield node
