"""Tokens in links: derived from a row with a keyed MAC, so that nothing secret is stored."""

from __future__ import annotations

import uuid
from typing import Final

from django.core.signing import BadSignature, Signer

_INVITATION: Final = "accounts.invitation"
_CLAIM: Final = "accounts.claim"


def invitation_token(public_id: uuid.UUID) -> str:
    """The token in an invitation's link; the same for as long as the row lives (SPEC 4.1)."""
    return _signer(_INVITATION).sign(public_id.hex)


def read_invitation_token(token: str) -> uuid.UUID | None:
    """The id inside a token that we made, else None. Compared in constant time."""
    return _read(_INVITATION, token)


def claim_token(public_id: uuid.UUID) -> str:
    """The token with which who was told of a claim can object to it."""
    return _signer(_CLAIM).sign(public_id.hex)


def read_claim_token(token: str) -> uuid.UUID | None:
    """The id inside a claim's token that we made, else None."""
    return _read(_CLAIM, token)


def _read(purpose: str, token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=purpose, sep=".")
