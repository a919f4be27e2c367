from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.directory.models import User
from accounts.identity.validators import MAX_PASSWORD_LENGTH, validate_plain_text


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        " leading and trailing ",
        "長い夜の静かな青い川の石",
        "🦊🌲🚲🎻🧀🔭🪁🐌🧭🍐🎈🛶",
        "river gravel tulip lantern " * 5,
    ],
)
def test_a_long_password_of_any_kind_is_fine(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "12 characters or more"),
        ("1q2w3e4r5t6y", "too common"),
        ("Northbeam2026!", "too easy to guess"),
        ("RemoteApplicationServer1", "too easy to guess"),
        ("password-password", "too easy to guess|too common"),
        ("a" * (MAX_PASSWORD_LENGTH + 1), "at most"),
        ("alice.reyes@acme", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    alice = User(email="alice.reyes@acme.example", name="Alice Reyes")
    with pytest.raises(ValidationError, match=why):
        validate_password(password, alice)


@pytest.mark.parametrize(
    "name",
    [
        "Acme",
        "Müller & Söhne GmbH",
        "株式会社",
        "O'Neill “Inc.”",
        "3",
        "€",
        "❤\ufe0f",
        "e\u0301",
        "⠓⠊",
    ],
)
def test_names_of_every_script_are_fine(name: str) -> None:
    validate_plain_text(name)


@pytest.mark.parametrize(
    "name", ["A\x00cme", "Ac\u202eme", "Acme\r\nBcc: x", "\u200bAcme", "a\x1bb"]
)
def test_invisible_characters_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="invisible character"):
        validate_plain_text(name)


@pytest.mark.parametrize(
    "name",
    [
        "\u115f\u1160",  # Hangul fillers
        "\u3164",
        "\uffa0",
        "A\u3164",
        "\u2800",  # Braille blank
        "\u2800 \u2800",
        "\u0301\u0302",  # marks without a letter
        "\u034f",  # combining grapheme joiner
        "\ufe0f",  # variation selectors
        "\U000e0100",
        "\U000e0041",  # tags
        "\u17b4",
        "\U0001d159",  # the note without a head
        "\u00ad",
        "\u00a0",
        "\u3000",
        "...",
        "-",
    ],
    ids=ascii,
)
def test_a_name_that_shows_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"invisible character|nothing readable"):
        validate_plain_text(name)


def test_what_could_not_be_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="couldn't be read"):
        validate_plain_text("Ac\ufffdme")
