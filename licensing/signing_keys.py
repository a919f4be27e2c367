"""Making and rotating the keys that sign license documents; pure, files are the caller's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm


def first_key_set(*, now: datetime) -> str:
    """A JSON Web Key Set with one fresh key that signs from `now` on."""
    return _text([_new_key(now, now)])


def rotated(text: str, *, signs_from: datetime, now: datetime) -> str:
    """The key set `text` with a fresh key that signs from `signs_from` on.

    The key that signs until then stays; private parts of older ones are forgotten, while their
    public parts keep verifying. Raises ValueError when `text` is no such key set.
    """
    keys: list[dict[str, Any]] = json.loads(text)["keys"]
    signing = [key for key in keys if "d" in key and key["signs_from"] <= now.timestamp()]
    current = max(signing, key=lambda key: float(key["signs_from"]))
    for key in signing:
        if key is not current:
            del key["d"]
    return _text([*keys, _new_key(signs_from, now)])


def _new_key(signs_from: datetime, now: datetime) -> dict[str, Any]:
    private = Ed25519PrivateKey.generate()
    jwk: dict[str, Any] = OKPAlgorithm.to_jwk(private, as_dict=True)
    kid = f"{now:%Y-%m-%d}-{jwk['x'][:6]}"
    return {**jwk, "kid": kid, "use": "sig", "alg": "EdDSA", "signs_from": signs_from.timestamp()}


def _text(keys: list[dict[str, Any]]) -> str:
    return json.dumps({"keys": keys}, indent=1) + "\n"
