"""A key as people read, type and mistype it (SPEC 4.2)."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licensing.licenses.rules import key_codes
from licensing.licenses.rules.key_codes import ALPHABET, InvalidKey, canonical

SHAPE = re.compile(rf"RAS1(-[{ALPHABET}]{{5}}){{4}}")
KEY = "RAS1-7K2QD-00X4M-9TBHR-1VCWG"
PLACES = st.integers(0, 19)


def with_check(body: str) -> str:
    """The whole key of 19 characters."""
    return next(key for key in map(f"RAS1{body}{{}}".format, ALPHABET) if not refused(key))


def refused(text: str) -> bool:
    try:
        canonical(text)
    except InvalidKey:
        return True
    return False


KEYS = st.text(ALPHABET, min_size=19, max_size=19).map(with_check).map(canonical)


def changed(key: str, place: int, to: str) -> str:
    characters = list(key.removeprefix("RAS1").replace("-", ""))
    characters[place] = to
    return "RAS1" + "".join(characters)


def test_the_example_is_a_key() -> None:
    assert canonical(KEY) == KEY


def test_a_new_key_has_the_shape_and_is_canonical() -> None:
    keys = {key_codes.new_code() for _count in range(200)}

    assert len(keys) == 200
    assert all(SHAPE.fullmatch(key) and canonical(key) == key for key in keys)


@given(key=KEYS, place=PLACES, typed=st.sampled_from(ALPHABET))
def test_every_single_mistyped_character_is_caught(key: str, place: int, typed: str) -> None:
    wrong = changed(key, place, typed)
    assume(wrong != key.replace("-", ""))

    with pytest.raises(InvalidKey, match="This key has a typo"):
        canonical(wrong)


@given(key=KEYS, place=st.integers(0, 18))
def test_every_swap_of_neighbors_is_caught_but_zero_with_z(key: str, place: int) -> None:
    body = key.removeprefix("RAS1").replace("-", "")
    first, second = body[place], body[place + 1]
    assume(first != second)
    swapped = f"RAS1{body[:place]}{second}{first}{body[place + 2 :]}"

    assert refused(swapped) is ({first, second} != {"0", "Z"})


@given(
    key=KEYS,
    upper=st.lists(st.booleans(), min_size=24, max_size=24),
    gaps=st.lists(
        st.sampled_from(["", "-", " ", "--", "–", "‑", "_", "\t", "\u00a0", "\u200b", "\u00ad"]),
        min_size=24,
        max_size=24,
    ),
    letters=st.lists(st.sampled_from(["O", "I", "L", ""]), min_size=24, max_size=24),
)
def test_any_case_gap_and_lookalike_is_read(
    key: str, upper: list[bool], gaps: list[str], letters: list[str]
) -> None:
    digit = {"O": "0", "I": "1", "L": "1"}
    typed = "".join(
        gap + (read if big else read.lower())
        for character, gap, big, letter in zip(
            key.replace("-", ""), gaps, upper, letters, strict=True
        )
        for read in [letter if digit.get(letter) == character else character]
    )

    assert canonical(f" {typed}\n") == key


@given(text=st.text() | st.text("RAS1IL-0ABCZ _–\u200b", max_size=48) | KEYS)
def test_canonical_is_idempotent_and_fits_the_column(text: str) -> None:
    assume(not refused(text))
    key = canonical(text)

    assert canonical(key) == key
    assert 8 <= len(key) <= 40
    assert re.fullmatch(r"[A-Z0-9-]+", key)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("abcd-efgh-ijkl", "ABCD-EFGH-IJKL"),
        (" abcd efgh ijkl ", "ABCDEFGHIJKL"),
        ("abcd–efgh‑ijkl\u200b", "ABCD-EFGH-IJKL"),
        ("OIL12345", "OIL12345"),
    ],
)
def test_a_key_of_an_older_version_keeps_its_form(typed: str, stored: str) -> None:
    assert canonical(typed) == stored


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", "A key looks like RAS1-XXXXX-XXXXX-XXXXX-XXXXX."),
        ("1234567", "A key looks like RAS1-"),
        ("A" * 41, "A key looks like RAS1-"),
        ("-ABCDEFGH", "A key looks like RAS1-"),
        ("ABCDÉFGHI", "A key looks like RAS1-"),
        ("ＡBCDEFGHI", "A key looks like RAS1-"),
        ("RAS1", "A key has 20 characters after RAS1; this one has 0."),
        (KEY[:-1], "A key has 20 characters after RAS1; this one has 19."),
        (f"{KEY}7", "A key has 20 characters after RAS1; this one has 21."),
        (KEY.replace("K", "U"), "A key never contains U. Check it against the original."),
        (KEY.replace("K", "é"), "A key never contains É."),
        (KEY.replace("RAS1", "RASl").replace("K", "M"), "This key has a typo."),
    ],
)
def test_what_is_no_key_is_refused_in_words_that_help(typed: str, text: str) -> None:
    with pytest.raises(InvalidKey, match=re.escape(text)):
        canonical(typed)


def test_many_fresh_keys_are_right_and_differ() -> None:
    codes = list(key_codes.new_codes(500))

    assert len(set(codes)) == 500
    assert [canonical(code) for code in codes] == codes
