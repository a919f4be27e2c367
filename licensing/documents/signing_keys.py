"""Signing keys for license documents: parsing, generating and rotating them. Pure: callers handle
files.

A key set is a JSON Web Key Set (RFC 7517, RFC 8037). Each key says from when it signs
(`signs_from`, UNIX seconds), so that a new key is published before it is used. Public parts of keys
that have signed are never taken out: every document that was ever issued keeps verifying, unless
its key is withdrawn (licensing/fleet/actions/withdrawal.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt import PyJWTError
from jwt.algorithms import OKPAlgorithm

_ALWAYS: Final = datetime.fromtimestamp(0, UTC)


class KeySetInvalid(ValueError):
    """The text isn't a key set that can sign; the message says what is wrong."""


@dataclass(frozen=True)
class SigningKey:
    """One Ed25519 key; `private` is None when it can only verify."""

    kid: str
    x: str
    signs_from: float
    private: Ed25519PrivateKey | None
    public: Ed25519PublicKey

    @property
    def jwk(self) -> dict[str, str]:
        """The public part of the key as JWK."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.x,
            "kid": self.kid,
            "use": "sig",
            "alg": "EdDSA",
        }


def parse(text: str) -> tuple[SigningKey, ...]:
    """The keys of the key set `text`; raises KeySetInvalid."""
    keys = tuple(_key(jwk) for jwk in _jwks(text))
    if len({key.kid for key in keys}) != len(keys):
        raise KeySetInvalid("Two keys have the same kid.")
    return keys


def signing(keys: Sequence[SigningKey], *, now: datetime) -> SigningKey:
    """The key that signs at `now`; raises KeySetInvalid when none does."""
    ready = [key for key in keys if key.private and key.signs_from <= now.timestamp()]
    if not ready:
        raise KeySetInvalid("No key with a private part signs now.")
    return max(ready, key=lambda key: key.signs_from)


def waiting(keys: Sequence[SigningKey], *, now: datetime) -> SigningKey | None:
    """The key that is published but doesn't sign yet, if there is one."""
    return next((key for key in keys if key.private and key.signs_from > now.timestamp()), None)


def first_key_set(*, now: datetime) -> str:
    """A JSON Web Key Set with one new key. It signs whatever the time, so that a clock set back
    can't leave a portal without a key."""
    return _text([_new_key(_ALWAYS, now)])


def rotated(text: str, *, signs_from: datetime, now: datetime) -> str:
    """The key set `text` with a new key that signs from `signs_from` on.

    The key that signs until then stays. Older keys lose their private parts; their public parts
    still verify. Raises KeySetInvalid.
    """
    signing(parse(text), now=now)
    return tidied(_text([*_jwks(text), _new_key(signs_from, now)]), now=now)


def tidied(text: str, *, now: datetime) -> str:
    """The key set `text` without the private parts of keys that no longer sign.

    The same text when there are none. Raises KeySetInvalid.
    """
    current = signing(parse(text), now=now)
    jwks = _jwks(text)
    old = [
        jwk
        for jwk in jwks
        if "d" in jwk and jwk["signs_from"] <= now.timestamp() and jwk["kid"] != current.kid
    ]
    for jwk in old:
        del jwk["d"]
    return _text(jwks) if old else text


def replaced(text: str, *, now: datetime) -> tuple[str, list[str]]:
    """The replacement for a leaked key set `text`, with a new key that signs at once; and the kids
    of the removed keys that hadn't signed yet.

    No earlier key can sign; those that did still verify. Raises KeySetInvalid.
    """
    waits = [key.kid for key in parse(text) if key.signs_from > now.timestamp()]
    kept = [jwk for jwk in _jwks(text) if jwk["kid"] not in waits]
    for jwk in kept:
        jwk.pop("d", None)
    # It is the only key that can sign, on any host and whatever its clock says.
    return _text([*kept, _new_key(_ALWAYS, now)]), waits


def _jwks(text: str) -> list[dict[str, Any]]:
    try:
        jwks = json.loads(text)["keys"]
    except (ValueError, TypeError, LookupError) as error:
        raise KeySetInvalid("That isn't a JSON Web Key Set.") from error
    if not isinstance(jwks, list) or not all(isinstance(jwk, dict) for jwk in jwks):
        raise KeySetInvalid("That isn't a JSON Web Key Set.")
    return jwks


def _key(jwk: dict[str, Any]) -> SigningKey:
    kid, signs_from, x = jwk.get("kid"), jwk.get("signs_from"), jwk.get("x")
    if not isinstance(kid, str) or not kid:
        raise KeySetInvalid("A key has no kid.")
    if not isinstance(signs_from, int | float) or isinstance(signs_from, bool):
        raise KeySetInvalid(f"Key {kid} doesn't say from when it signs (signs_from).")
    if jwk.get("crv") != "Ed25519" or not isinstance(x, str):
        raise KeySetInvalid(f"Key {kid} isn't an Ed25519 key.")
    try:
        public = OKPAlgorithm.from_jwk({name: jwk[name] for name in ("kty", "crv", "x")})
        private = OKPAlgorithm.from_jwk(jwk) if "d" in jwk else None
    except (PyJWTError, LookupError, TypeError, ValueError) as error:
        raise KeySetInvalid(f"Key {kid} is damaged.") from error
    assert isinstance(public, Ed25519PublicKey)
    assert private is None or isinstance(private, Ed25519PrivateKey)
    if private and private.public_key() != public:
        raise KeySetInvalid(f"The two parts of key {kid} don't belong together.")
    return SigningKey(kid, x, float(signs_from), private, public)


def _new_key(signs_from: datetime, now: datetime) -> dict[str, Any]:
    private = Ed25519PrivateKey.generate()
    jwk: dict[str, Any] = OKPAlgorithm.to_jwk(private, as_dict=True)
    kid = f"{now:%Y-%m-%d}-{jwk['x'][:6]}"
    return {**jwk, "kid": kid, "use": "sig", "alg": "EdDSA", "signs_from": signs_from.timestamp()}


def _text(jwks: list[dict[str, Any]]) -> str:
    return json.dumps({"keys": jwks}, indent=1) + "\n"
