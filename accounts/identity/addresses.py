"""The identity of an email address: displayed as typed, compared in canonical form (SPEC 4.1)."""

from __future__ import annotations

import re
from typing import Final

import idna
from django.utils.translation import gettext as _

from accounts.identity.formulas import is_formula

MAX_LENGTH: Final = 254
_LOCAL: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# What IDNA leaves as it is; spared its tables, an import of addresses is ten times as quick.
_PLAIN: Final = re.compile(
    r"(?=.{1,253}\Z)(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?!..--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class InvalidEmail(ValueError):
    """The text isn't an address we accept; its message is fit to show."""


def canonical_email(text: str) -> str:
    """The form of an address that is compared and kept unique.

    Trimmed; local part ASCII and lower-cased; domain lower-cased, as IDNA 2008 A-labels.
    `+tag` and dots stay. Raises InvalidEmail for anything that canonicalization would change
    beyond case, for address literals and for single-label domains.
    """
    address = text.strip(" \t\r\n")
    if not address.isprintable() or len(address) > MAX_LENGTH:
        raise _invalid()
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise _invalid()
    local = local.lower()
    if len(local) > 64 or is_formula(local) or not _LOCAL.fullmatch(local):
        raise _invalid()
    canonical = f"{local}@{_canonical_domain(domain)}"
    if len(canonical) > MAX_LENGTH:
        raise _invalid()
    return canonical


def email_domain(email: str) -> str:
    """The domain of a canonical address."""
    return email.rpartition("@")[2]


def _canonical_domain(domain: str) -> str:
    lowered = domain.lower()
    if _PLAIN.fullmatch(lowered):
        return lowered
    try:
        ascii_domain = idna.encode(lowered, uts46=False).decode("ascii")
        unchanged = lowered in (ascii_domain, idna.decode(ascii_domain))
    except (idna.IDNAError, UnicodeError):
        raise _invalid() from None
    labels = ascii_domain.split(".")
    if not unchanged or len(labels) < 2 or labels[-1].isdigit():
        raise _invalid()
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _invalid()
    return ascii_domain


def _invalid() -> InvalidEmail:
    return InvalidEmail(_("Enter an email address, like name@company.com."))


def split_addresses(text: str) -> list[str]:
    """The addresses in a pasted text, in order, without repeats; not yet checked.

    Separated by comma, semicolon, space or new line; `Name <a@b>` gives `a@b` (SPEC 4.1).
    """
    text = re.sub(r'"[^"<>\n]*"\s*(?=<)', " ", text)
    text = re.sub(r"(?<![^,;<>\n])[^,;<>\n]*<([^<>\n]*)>", r" \1 ", text)
    parts = (part.strip("<>\"'") for part in re.split(r"[,;\s]+", text))
    return list(dict.fromkeys(part for part in parts if part))
