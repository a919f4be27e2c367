"""Tokens in links: derived from a row with a keyed MAC, so that nothing secret is stored."""

from __future__ import annotations

import uuid
from typing import Final

from django.core.signing import BadSignature, Signer

_INVITATION: Final = "accounts.invitation"


def invitation_token(public_id: uuid.UUID) -> str:
    """The token in an invitation's link; the same for as long as the row lives (SPEC 4.1)."""
    return _signer(_INVITATION).sign(public_id.hex)


def read_invitation_token(token: str) -> uuid.UUID | None:
    """The id inside a token that we made, else None. Compared in constant time."""
    try:
        return uuid.UUID(hex=_signer(_INVITATION).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=purpose, sep=".")
