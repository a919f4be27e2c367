"""Refuses passwords that are guessed early, however long they are (ASVS 6.2.4 and 6.2.12)."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

MIN_GUESSES: Final = 100_000_000
_LOOKED_AT: Final = 64  # characters: the estimate takes longer than linear time


class GuessableValidator:
    """Refuses what a guesser finds in its first hundred million tries.

    Leaked passwords, names and words with the usual numbers and swaps, rows of keys, repetitions
    and dates: lists of leaked passwords hold few of 12 characters, and guessers make the others.
    """

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        own = [part for part in (getattr(user, "email", ""), getattr(user, "name", "")) if part]
        if zxcvbn(password[:_LOOKED_AT], user_inputs=own)["guesses"] < MIN_GUESSES:
            raise ValidationError(
                _("Too easy to guess. Try three or four unrelated words."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return ""
