"""Long passwords that a guesser tries first are refused; a few plain words never are."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.directory.models import User
from accounts.identity.validators import MAX_PASSWORD_LENGTH


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "qwertyuiop12",
        "letmeinletmein",
        "summersummer",
        "dragonmonkey1",
        "Christopher12",
        "iloveyou1234",
        "P4ssw0rd2024",
        "manchesterunited",
        "alicereyes1984",
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str) -> None:
    alice = User(email="alice.reyes@acme.example", name="Alice Reyes")

    with pytest.raises(ValidationError):
        validate_password(password, alice)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "my dog is brown",
        "a quiet harbor in may",
        "gravel tulip lantern nine",
        "Winter in Graz 2026",
        "Üben üben Straßenbahn",
        "長い夜の静かな青い川の石",
        "🦊🌲🚲🎻🧀🔭🪁🐌🧭🍐🎈🛶",
        "0r968ji9ufj6tq",
    ],
)
def test_a_few_plain_words_are_fine(password: str) -> None:
    validate_password(password, User(email="alice.reyes@acme.example", name="Alice Reyes"))


@pytest.mark.parametrize("part", ["a", "ab1", "qwerty", "Password1!", "(a+)+"])
def test_the_longest_password_is_judged_at_once(part: str) -> None:
    started = time.thread_time()

    with suppress(ValidationError):
        validate_password((part * MAX_PASSWORD_LENGTH)[:MAX_PASSWORD_LENGTH])

    assert time.thread_time() - started < 2
