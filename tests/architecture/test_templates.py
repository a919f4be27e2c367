"""Pages hold words and elements: nothing inline, nothing unescaped, every word translatable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

import pytest

from tests.architecture import source

_TRANSLATED: Final = re.compile(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
_BODY: Final = re.compile(r"{%\s*blocktranslate\b.*?%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
_VARIABLE: Final = re.compile(r"{{\s*(.*?)\s*}}", re.DOTALL)
_COMMENT: Final = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
_TAG: Final = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_SPOKEN: Final = ("alt", "aria-label", "placeholder", "title", "data-show", "data-hide")
_INLINE: Final = re.compile(r"<[a-z][^>]*\s(style|on[a-z]+)\s*=", re.IGNORECASE)
_SCRIPT: Final = re.compile(
    r"<script\b(?![^>]*type=.application/json)[^>]*>(?!\s*</script>)", re.IGNORECASE
)
_UNESCAPED: Final = re.compile(
    r"\|\s*(safe|safeseq)\b|{%\s*autoescape off|\|\s*striptags\s*\|\s*safe"
)
# Mails carry their look with them, since mail programs read no stylesheets.
MAIL: Final = "templates/mail/"
# Text that is the same in every language.
SAME_EVERYWHERE: Final = {"role-", "Authorization: Bearer $TOKEN"}
# Stands inside of a tag, so that it is no HTML by itself.
FRAGMENTS: Final = {"templates/includes/input_attrs.html"}


def pages() -> list[tuple[str, str]]:
    """Name and text of every HTML template, comments taken out."""
    return [
        (source.name(path), _COMMENT.sub("", path.read_text(encoding="utf-8")))
        for path in source.templates()
        if path.suffix == ".html"
    ]


@pytest.mark.parametrize(
    ("what", "mark", "in_mails"),
    [
        ("a style or handler", _INLINE, True),
        ("a script with a body", _SCRIPT, False),
        ("unescaped text", _UNESCAPED, False),
    ],
    ids=["inline", "script", "unescaped"],
)
def test_no_template_contains(what: str, mark: re.Pattern[str], in_mails: bool) -> None:
    found = {
        name: match[0]
        for name, text in pages()
        if not (in_mails and name.startswith(MAIL))
        if (match := mark.search(text))
    }

    assert found == {}, what


def test_every_visible_text_is_translatable() -> None:
    bare = {
        name: words
        for name, text in pages()
        if name not in FRAGMENTS and (words := list(_bare_words(text)))
    }

    assert bare == {}


def test_translated_blocks_hold_plain_names_only() -> None:
    """Django looks up `{{ a.b }}` and `{{ a|f }}` there as names, and renders nothing for them."""
    lost = {
        source.name(path): names
        for path in source.templates()
        if (names := list(_unknown_names(path.read_text(encoding="utf-8"))))
    }

    assert lost == {}


@pytest.mark.parametrize("wrong", ["a.b", "a|upper", "a|date:'Y'"])
def test_a_name_that_django_would_lose_is_found(wrong: str) -> None:
    template = f"{{% blocktranslate count n=x|length %}}One {{{{ n }}}}, {{{{ {wrong} }}}}."
    template += "{% plural %}{{ n }}.{% endblocktranslate %} {{ fine.outside }}"

    assert list(_unknown_names(template)) == [wrong]


def _unknown_names(template: str) -> Iterator[str]:
    for body in _BODY.findall(template):
        yield from (name for name in _VARIABLE.findall(body) if not name.isidentifier())


def _bare_words(template: str) -> Iterator[str]:
    """Texts with letters that stand outside of every translation tag."""
    reader = _Reader()
    reader.feed(_TAG.sub("", _TRANSLATED.sub("", template)))
    reader.close()
    for text in reader.texts:
        words = " ".join(text.split())
        if re.search(r"[^\W\d_]", words) and words not in SAME_EVERYWHERE:
            yield words


class _Reader(HTMLParser):
    """Collects what a person sees or hears: text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._silent = tag
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)
