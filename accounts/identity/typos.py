"""Domains that are probably mistyped, pointed out before a mail is lost (`gmial.com`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from accounts.identity.addresses import email_domain

# Where most mailboxes of the world are: a slip is far likelier than a company one letter away.
_COMMON: Final = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "live.com",
    "proton.me",
    "protonmail.com",
    "gmx.de",
    "gmx.net",
    "t-online.de",
    "web.de",
)
# Real providers that look like slips of the above.
_REAL: Final = frozenset({"mail.com", "email.com", "ymail.com", "gmx.com", "gmx.at", "gmx.ch"})
_ENDINGS: Final = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "comm": "com",
    "ner": "net",
    "nte": "net",
    "ogr": "org",
    "prg": "org",
}
_MIN_DOMAIN_LENGTH: Final = 6  # of shorter domains too many neighbors exist


def suggestion(email: str, *, known: Iterable[str] = ()) -> str:
    """The address that was probably meant, or "" when nothing looks wrong.

    `email` is canonical; `known` are domains of people the inviter works with.
    """
    domain = email_domain(email)
    known = frozenset(known)
    if domain in known or domain in _COMMON or domain in _REAL:
        return ""
    for meant in (*sorted(known), *_COMMON):
        if len(meant) >= _MIN_DOMAIN_LENGTH and _one_slip_apart(domain, meant):
            return email.removesuffix(domain) + meant
    name, _dot, ending = domain.rpartition(".")
    if ending in _ENDINGS:
        return f"{email.removesuffix(domain)}{name}.{_ENDINGS[ending]}"
    return ""


def _one_slip_apart(typed: str, meant: str) -> bool:
    """True when one letter is wrong, missing or too many, or two neighbors are swapped."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b),
        min(len(typed), len(meant)),
    )
    rest, wanted = typed[start:], meant[start:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )
