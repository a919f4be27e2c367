"""Rules for what people type: passwords and names."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 1024
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters to Unicode, nothing to the eye (Default_Ignorable_Code_Point): the Hangul fillers.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
# Symbols without ink: they belong to their scripts, and are nothing by themselves.
_BLANK: Final = frozenset("\u2800\U0001d159")
_CONTEXT: Final = ("remoteapplicationserver", "businessaccount", "onboarding", "password", "admin")


class MinimumLengthValidator:
    """Length is what keeps a password safe; there are no other rules of composition."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) < MIN_PASSWORD_LENGTH:
            raise ValidationError(
                _("Too short. Use %(count)d characters or more.") % {"count": MIN_PASSWORD_LENGTH},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return ""


class MaximumLengthValidator:
    """Bounds the work of hashing, far above what a person or a password manager makes."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) > MAX_PASSWORD_LENGTH:
            raise ValidationError(
                _("Use at most %(count)d characters.") % {"count": MAX_PASSWORD_LENGTH},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return ""


class ContextWordsValidator:
    """Refuses passwords that are little more than the portal's own words."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        plain = "".join(character for character in password.lower() if character.isalnum())
        rest = plain
        words = (settings.PORTAL_BRAND, settings.PORTAL_PRODUCT, *_CONTEXT)
        for word in sorted(("".join(w.lower().split()) for w in words), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != plain and len(rest.strip("0123456789")) < 4 and len(rest) < 8:
            raise ValidationError(
                _("This password is too easy to guess. Use words unrelated to this portal."),
                code="password_too_contextual",
            )

    def get_help_text(self) -> str:
        return ""


def validate_readable(text: str) -> None:
    """Refuses what wasn't UTF-8: Django puts a replacement character for it, and keeps that."""
    if "\ufffd" in text:
        raise ValidationError(
            _("One character couldn't be read. Enter it again."), code="unreadable_character"
        )


def validate_plain_text(text: str) -> None:
    """Refuses control, bidirectional and other invisible characters, and what couldn't be read.

    What is left must show something: a letter, a digit or a symbol.
    """
    validate_readable(text)
    for character in text:
        if character in _FILLERS or unicodedata.category(character) in _INVISIBLE:
            raise ValidationError(
                _("Remove the invisible character after “%(before)s”.")
                % {"before": text[: text.index(character)][-20:]},
                code="invisible_character",
            )
    if text and not any(_is_visible(character) for character in text):
        raise ValidationError(
            _("This has nothing readable in it. Use at least one letter, digit or symbol."),
            code="nothing_visible",
        )


def _is_visible(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character)[0] in "LNS"
