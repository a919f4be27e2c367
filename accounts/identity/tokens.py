"""Tokens in links: derived from a row with a keyed MAC, so that nothing secret is stored."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing
from django.core.signing import BadSignature, Signer

_INVITATION: Final = "accounts.invitation"
_CLAIM: Final = "accounts.claim"
_NOTICE: Final = "accounts.notice"
_RECOVERY: Final = "accounts.recovery"
NOTICE_LASTS: Final = timedelta(days=7)


@dataclass(frozen=True)
class Notice:
    """What the link in a notice about a sign-in says: whose, what changed, and who was told."""

    user_id: int
    change: str
    address: str


def invitation_token(public_id: uuid.UUID) -> str:
    """The token in an invitation's link; the same for as long as the row lives (SPEC 4.1)."""
    return _signer(_INVITATION).sign(public_id.hex)


def read_invitation_token(token: str) -> uuid.UUID | None:
    """The id inside a token that we made, else None. Compared in constant time."""
    return _read(_INVITATION, token)


def claim_token(public_id: uuid.UUID) -> str:
    """The token with which a person notified of a claim can object to it."""
    return _signer(_CLAIM).sign(public_id.hex)


def read_claim_token(token: str) -> uuid.UUID | None:
    """The id inside a claim's token that we made, else None."""
    return _read(_CLAIM, token)


def recovery_token(public_id: uuid.UUID) -> str:
    """The token with which a person notified of a recovery can stop it."""
    return _signer(_RECOVERY).sign(public_id.hex)


def read_recovery_token(token: str) -> uuid.UUID | None:
    """The id inside a recovery's token that we made, else None."""
    return _read(_RECOVERY, token)


def notice_token(*, user_id: int, change: str, address: str) -> str:
    """The token with which a person notified of a change denies making it; lasts 7 days."""
    return signing.dumps([user_id, change, address], salt=_NOTICE)


def read_notice_token(token: str) -> Notice | None:
    """What a notice's token says, if we made it within the last 7 days, else None."""
    try:
        return Notice(*signing.loads(token, salt=_NOTICE, max_age=NOTICE_LASTS))
    except BadSignature:
        return None


def _read(purpose: str, token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=purpose, sep=".")
