"""What a license document says: pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

AUDIENCE: Final = "ras"
_STAMP: Final = {"jti", "seq", "iat", "nbf", "exp"}


@dataclass(frozen=True)
class Grant:
    """The claims of a document about one activation."""

    serial: str
    sequence: int
    issued_at: datetime
    ends_at: datetime
    activation_id: str
    instance_id: str
    instance_name: str
    account_slug: str
    account_name: str
    channel: str
    kind: str
    product: str
    license_name: str
    key_last_five: str
    seats: int
    expires_on: date | None
    runs_until: date | None
    max_version: int | None
    limited: bool


def claims(grant: Grant) -> dict[str, Any]:
    """The document's claims, in their order."""
    return {
        "iss": settings.PORTAL_ORIGIN,
        "sub": grant.instance_id,
        "aud": AUDIENCE,
        **stamp(grant.serial, grant.sequence, grant.issued_at, grant.ends_at),
        "activation": {"id": grant.activation_id, "channel": grant.channel},
        "instance": {"id": grant.instance_id, "name": grant.instance_name},
        "account": {"id": grant.account_slug, "name": grant.account_name},
        "license": {
            "kind": grant.kind,
            "product": grant.product,
            "name": grant.license_name,
            "key_last_five": grant.key_last_five,
            "seats": grant.seats,
            "expires_on": grant.expires_on and grant.expires_on.isoformat(),
            "runs_until": grant.runs_until and grant.runs_until.isoformat(),
            "max_version": grant.max_version,
            "limited": grant.limited,
        },
    }


def stamp(serial: str, sequence: int, issued_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """The claims in which a document differs from the next one that says the same."""
    return {
        "jti": serial,
        "seq": sequence,
        "iat": int(issued_at.timestamp()),
        "nbf": int(issued_at.timestamp()),
        "exp": int(ends_at.timestamp()),
    }


def digest(grant: Grant) -> str:
    """The same for documents that differ in their number and dates only."""
    said = {name: value for name, value in claims(grant).items() if name not in _STAMP}
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
