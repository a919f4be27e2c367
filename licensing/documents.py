"""License documents: compact JWS that any JOSE library can check offline (SPEC 4.3).

`EdDSA` over Ed25519, `typ: license+jwt`, `kid` from the published key set. Private keys come from
PORTAL_LICENSE_KEY (or …_FILE), never from the database. The file is a JSON Web Key Set; each key
says from when it signs (`signs_from`, UNIX seconds), so that a new key is published before it is
used. Keys are never taken out: every document that was ever issued keeps verifying.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jwt
from django.conf import settings
from jwt.algorithms import OKPAlgorithm

TYPE: Final = "license+jwt"
RECEIPT_TYPE: Final = "license-receipt+jwt"
ALGORITHM: Final = "EdDSA"
_PUBLIC: Final = ("kty", "crv", "x", "kid", "use", "alg")


class DocumentInvalid(ValueError):
    """The text is no document of ours, or not any more."""


@dataclass(frozen=True)
class Grant:
    """Everything that a document says about one activation."""

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


def sign_license(grant: Grant) -> str:
    """The document: a compact JWS."""
    claims = {
        "iss": settings.PORTAL_ORIGIN,
        "sub": grant.instance_id,
        "aud": "ras",
        "jti": grant.serial,
        "seq": grant.sequence,
        "iat": int(grant.issued_at.timestamp()),
        "exp": int(grant.ends_at.timestamp()),
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
    return _sign(claims, TYPE)


def sign_receipt(*, instance_id: str, activation_id: str, ending: str, at: datetime) -> str:
    """Proof that an activation has ended: a compact JWS of another type than a license."""
    claims = {
        "iss": settings.PORTAL_ORIGIN,
        "sub": instance_id,
        "aud": "ras",
        "iat": int(at.timestamp()),
        "activation": {"id": activation_id, "ending": ending},
    }
    return _sign(claims, RECEIPT_TYPE)


def read_license(document: str, *, expired_is_fine: bool = False) -> dict[str, Any]:
    """The claims of a document that we signed; raises DocumentInvalid."""
    try:
        header = jwt.get_unverified_header(document)
        if header.get("typ") != TYPE:
            raise DocumentInvalid("Not a license document.")
        key = next(key for key in _keys() if key["kid"] == header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            document,
            OKPAlgorithm.from_jwk(_public(key)),  # type: ignore[arg-type]  # a public part alone
            algorithms=[ALGORITHM],
            audience="ras",
            issuer=settings.PORTAL_ORIGIN,
            options={"verify_exp": not expired_is_fine, "require": ["exp", "iat", "sub"]},
        )
    except StopIteration:
        raise DocumentInvalid("Signed with a key that isn't ours.") from None
    except jwt.PyJWTError as error:
        raise DocumentInvalid(str(error)) from error
    return claims


def key_set() -> dict[str, list[dict[str, str]]]:
    """The published JSON Web Key Set: every key that ever signed, public parts only."""
    return {"keys": [_public(key) for key in _keys()]}


def _sign(claims: dict[str, Any], typ: str) -> str:
    now = time.time()
    key = max(
        (key for key in _keys() if "d" in key and key["signs_from"] <= now),
        key=lambda key: float(key["signs_from"]),
    )
    return jwt.encode(
        claims,
        _private(json.dumps(key)),
        algorithm=ALGORITHM,
        headers={"kid": key["kid"], "typ": typ},
    )


@lru_cache(maxsize=8)
def _private(jwk: str) -> Any:
    return OKPAlgorithm.from_jwk(jwk)


def _public(key: dict[str, Any]) -> dict[str, str]:
    return {name: key[name] for name in _PUBLIC}


def _keys() -> list[dict[str, Any]]:
    """All keys; the file is read again when it has changed, so that rotation needs no restart."""
    path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
    if path is None:
        return _parsed(settings.PORTAL_LICENSE_KEY)
    return _from_file(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _from_file(path: Path, changed: int) -> list[dict[str, Any]]:
    return _parsed(path.read_text())


@lru_cache(maxsize=4)
def _parsed(text: str) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = json.loads(text)["keys"]
    return keys
