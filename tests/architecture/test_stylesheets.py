"""Colors and sizes stand in static/css/tokens.css; other stylesheets use them by name."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.architecture import source

TOKENS: Final = "static/css/tokens.css"
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_COLOR: Final = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
    r"|:[^;{}]*(?<![\w-])(?:white|black|red|green|blue|gray|grey|silver|orange|yellow)\b",
    re.IGNORECASE,
)
# Distances between things, and sizes of type, come from the scale; how large a thing itself is, and
# hairlines of a few pixels, are its own affair.
_SPACED: Final = re.compile(
    r"(?<![\w-])(?:gap|row-gap|column-gap|font-size|(?:margin|padding)[\w-]*)\s*:([^;{}]*)"
)
_RAW: Final = re.compile(r"(?<![\w.-])-?\d*\.?\d+(?:rem|px)\b")
_HAIRLINE: Final = re.compile(r"-?[0-4]px|0?\.(?:0\d*|1\d*)rem")


def stylesheets() -> list[tuple[str, str]]:
    """Name and text of every stylesheet but the tokens, comments taken out."""
    return [
        (source.name(path), _COMMENT.sub("", path.read_text("utf-8")))
        for path in source.tracked()
        if path.suffix == ".css" and source.name(path) != TOKENS
    ]


def raw_lengths(text: str) -> list[str]:
    return [
        length
        for value in _SPACED.findall(text)
        for length in _RAW.findall(value)
        if not _HAIRLINE.fullmatch(length)
    ]


def test_no_stylesheet_names_a_raw_color() -> None:
    found = {name: match[0] for name, text in stylesheets() if (match := _COLOR.search(text))}

    assert found == {}


def test_distances_and_sizes_of_type_come_from_the_scale() -> None:
    found = {name: raw for name, text in stylesheets() if (raw := raw_lengths(text))}

    assert found == {}


@pytest.mark.parametrize("wrong", ["#fff", "rgb(0 0 0)", "oklch(1 0 0)", "color: white"])
def test_a_raw_color_is_found(wrong: str) -> None:
    assert _COLOR.search(f"a {{ color: {wrong}; }}")


def test_a_raw_distance_is_found_and_a_hairline_is_not() -> None:
    assert raw_lengths("a { padding: 1px var(--s2) 0.7rem; inline-size: 3rem; }") == ["0.7rem"]


def test_every_name_is_a_token() -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", (source.ROOT / TOKENS).read_text("utf-8")))
    own = {name for _, text in stylesheets() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    used = {name for _, text in stylesheets() for name in re.findall(r"var\((--[\w-]+)", text)}

    assert used - known - own == set()
