"""What the words of a caller can be."""

from __future__ import annotations

import pytest

from onboarding.desk.rules import search_terms


@pytest.mark.parametrize(
    ("text", "is_a_name"),
    [
        ("Acme Corp", True),
        ("N-4711", True),
        ("acme.example", True),
        ("0123456789ABCDEF", True),  # a legacy key looks like an order
        ("Alice@ACME.example", False),
        ("5d0c1f6e-0f6a-4b53-9c53-4b9a4e0c8a11", False),
        ("ras1-00000-00000-00000-00000", False),
    ],
)
def test_names_are_read_only_where_words_can_be_one(text: str, is_a_name: bool) -> None:
    read = search_terms.read(text)

    assert read is not None
    assert read.is_a_name is is_a_name


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "\n\t", "tab\tinside"])
def test_nothing_is_read_from_what_nobody_can_say(text: str) -> None:
    assert search_terms.read(text) is None


def test_each_thing_is_read_in_the_form_that_is_stored() -> None:
    email, reference = search_terms.read(" Alice@ACME.example "), search_terms.read("7qk-dm4p")

    assert email is not None
    assert (email.email, email.domain) == ("alice@acme.example", "")
    assert reference is not None
    assert reference.reference == "7QK-DM4P"


def test_words_end_somewhere() -> None:
    read = search_terms.read("x" * 10_000)

    assert read is not None
    assert len(read.text) == search_terms.MAX_QUERY_LENGTH
