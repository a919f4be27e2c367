"""License documents: compact JWS that any JOSE library can check offline (SPEC 4.3).

`EdDSA` over Ed25519, `typ: license+jwt`, `kid` from the published key set. Private keys come from
PORTAL_LICENSE_KEY (or …_FILE), never from the database: see licensing/documents/signing_keys.py.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jwt
from django.conf import settings
from jwt.types import Options

from licensing.documents import grants, signing_keys
from licensing.documents.grants import AUDIENCE, Grant
from licensing.documents.models import WithdrawnKey
from licensing.documents.signing_keys import KeySetInvalid, SigningKey

TYPE: Final = "license+jwt"
RECEIPT_TYPE: Final = "license-receipt+jwt"
ALGORITHM: Final = "EdDSA"
CLOCK_SKEW: Final = timedelta(minutes=5)  # the most that clocks may differ


class DocumentInvalid(ValueError):
    """The text is not a valid document of ours."""


class KeyWithdrawn(DocumentInvalid):
    """The document was signed with a key that has been withdrawn."""


def sign_license(grant: Grant, *, key: SigningKey | None = None) -> str:
    """Sign a license document, with the key of its day if none is given; returns a compact JWS."""
    return _encode(grants.claims(grant), TYPE, key or signing_key(now=grant.issued_at))


def made_again(
    kept: str,
    *,
    serial: str,
    sequence: int,
    issued_at: datetime | None,
    ends_at: datetime,
    kid: str,
) -> str | None:
    """The document that said the same as `kept` with this number and these dates, byte for byte;
    None when its key is withdrawn, or can't sign any more."""
    claims = _payload(kept)
    key = next((key for key in _trusted() if key.kid == kid), None)
    if key is None or claims["seq"] == sequence:
        return kept if key else None
    if key.private is None or issued_at is None:
        return None
    stamp = grants.stamp(serial, sequence, issued_at, ends_at)
    return _encode(claims | stamp, TYPE, key)


def sign_receipt(
    *, instance_id: str, activation_id: str, sequence: int, ending: str, at: datetime, now: datetime
) -> str:
    """Sign a receipt that an activation ended `at`: a compact JWS with a type other than a
    license's.

    `sequence` is that of the last document before it: a console with a later one ignores the
    receipt.
    """
    claims = {
        "iss": settings.PORTAL_ORIGIN,
        "sub": instance_id,
        "aud": AUDIENCE,
        "seq": sequence,
        "iat": int(at.timestamp()),
        "activation": {"id": activation_id, "ending": ending},
    }
    return _encode(claims, RECEIPT_TYPE, signing_key(now=now))


def read_license(document: str, *, now: datetime, expired_is_fine: bool = False) -> dict[str, Any]:
    """The claims of a license document that we signed; raises DocumentInvalid."""
    _refuse_other_spellings(document)
    try:
        header = jwt.get_unverified_header(document)
        if header.get("typ") != TYPE:
            raise DocumentInvalid("Not a license document.")
        if header.get("kid") in withdrawn_kids():
            raise KeyWithdrawn("Signed with a key that was withdrawn.")
        key = next((key for key in all_keys() if key.kid == header.get("kid")), None)
        if key is None:
            raise DocumentInvalid("Signed with a key that isn't ours.")
        claims: dict[str, Any] = jwt.decode(
            document,
            key.public,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=settings.PORTAL_ORIGIN,
            options=_OPTIONS,
        )
    except jwt.PyJWTError as error:
        raise DocumentInvalid(str(error)) from error
    if claims["iat"] > (now + CLOCK_SKEW).timestamp():
        raise DocumentInvalid("Not valid yet.")
    if claims["exp"] <= (now - CLOCK_SKEW).timestamp() and not expired_is_fine:
        raise DocumentInvalid("Expired.")
    return claims


def ends_at(document: str) -> datetime | None:
    """When a document of ours expires; None for a receipt. Nothing is verified."""
    claims = _payload(document)
    return datetime.fromtimestamp(claims["exp"], UTC) if "exp" in claims else None


def key_set() -> dict[str, list[dict[str, str]]]:
    """The published JSON Web Key Set: public parts of every key that was ever used and isn't
    withdrawn."""
    return {"keys": [key.jwk for key in _trusted()]}


def kid_of(document: str) -> str:
    """Return the key id that a document of ours names, without verifying it; empty if there is no
    document."""
    return str(jwt.get_unverified_header(document).get("kid", "")) if document else ""


def signing_key(*, now: datetime, may_be_withdrawn: bool = True) -> SigningKey:
    """The key that signs at `now`, withdrawn ones left out: whoever knows that none is saves the
    query."""
    return signing_keys.signing(_trusted() if may_be_withdrawn else all_keys(), now=now)


def withdrawn_kids() -> frozenset[str]:
    """The ids of withdrawn keys, read each time so that every process knows them."""
    return frozenset(WithdrawnKey.objects.values_list("kid", flat=True))


def refuse_without_another_key(kids: Collection[str], *, now: datetime) -> None:
    """Raise KeySetInvalid when nothing could be signed `now` without these keys."""
    gone = withdrawn_kids() | set(kids)
    left = [key for key in all_keys() if key.kid not in gone]
    try:
        signing_keys.signing(left, now=now)
    except KeySetInvalid as error:
        raise KeySetInvalid(
            "No other key could sign. Add one to PORTAL_LICENSE_KEY (make_license_key makes a set "
            "with one; its signs_from has to be past), restart, and run this again."
        ) from error


def key_set_fault(*, now: datetime) -> str:
    """What is wrong with the keys that sign, in a sentence; empty when they can sign `now`."""
    try:
        signing_keys.signing(all_keys(), now=now)
    except (KeySetInvalid, OSError, UnicodeDecodeError) as error:
        return str(error)
    return ""


_OPTIONS: Final[Options] = {
    "require": ["exp", "iat", "sub"],
    # PyJWT would use the system clock; here the time is passed in.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


def _payload(document: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(document, options={"verify_signature": False})
    return claims


def _encode(claims: dict[str, Any], typ: str, key: SigningKey) -> str:
    assert key.private is not None
    return jwt.encode(
        claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": typ}
    )


def _refuse_other_spellings(document: str) -> None:
    """Refuse alternative encodings: lenient decoders ignore foreign characters and spare bits, but
    a document has exactly one text."""
    parts = document.split(".")
    if len(parts) != 3 or not all(_is_exact(part) for part in parts):
        raise DocumentInvalid("Not a compact JWS.")


def _is_exact(part: str) -> bool:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == part


def _trusted() -> list[SigningKey]:
    withdrawn = withdrawn_kids()
    return [key for key in all_keys() if key.kid not in withdrawn]


def all_keys() -> tuple[SigningKey, ...]:
    """All keys, including withdrawn ones. The file is reloaded when it changes, so that rotation
    needs no restart."""
    path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
    if path is None:
        return _parsed(settings.PORTAL_LICENSE_KEY)
    state = path.stat()
    return _from_file(path, (state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)
def _from_file(path: Path, state: tuple[int, ...]) -> tuple[SigningKey, ...]:
    return signing_keys.parse(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[SigningKey, ...]:
    return signing_keys.parse(text)
