"""Documents as a forger would write them, for whoever has to refuse them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm


def flipped(document: str) -> Iterator[str]:
    """The document with each of its bytes changed, one at a time: its lowest bit, and its case."""
    raw = document.encode()
    for place, byte in enumerate(raw):
        for bit in (0x01, 0x20):
            yield (raw[:place] + bytes([byte ^ bit]) + raw[place + 1 :]).decode("latin-1")


def respelled(document: str) -> list[str]:
    """Other texts that a lenient base64 decoder reads as the same bytes."""
    head, claims, signature = document.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = alphabet[alphabet.index(signature[-1]) ^ 1]
    return [
        f"{head}.{claims}.{signature[:-1]}{spare}",
        f"{head}.{claims}.{signature}==",
        f"{head}.{claims}.{signature[:10]}!{signature[10:]}",
        f"{head}.{claims}.{signature}\n",
        f" {document}",
        f"{document}.",
    ]


def unsigned(document: str) -> list[str]:
    """`alg: none`, in the spellings that have fooled verifiers."""
    claims = document.split(".")[1]
    kid = header(document)["kid"]
    return [
        f"{encoded({'alg': alg, 'kid': kid, 'typ': 'license+jwt'})}.{claims}.{signature}"
        for alg in ("none", "None", "NONE", "")
        for signature in ("", document.split(".")[2])
    ]


def with_public_key_as_secret(document: str, x: str) -> list[str]:
    """HS256, keyed with what everybody can read: the public key, raw and as text."""
    head = encoded({"alg": "HS256", "kid": header(document)["kid"], "typ": "license+jwt"})
    signed = f"{head}.{document.split('.')[1]}"
    secrets = [base64.urlsafe_b64decode(x + "="), x.encode()]
    return [
        f"{signed}.{_text(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
        for secret in secrets
    ]


def signed(
    claims: dict[str, Any],
    *,
    key: Ed25519PrivateKey,
    kid: str,
    typ: str = "license+jwt",
    **more: Any,
) -> str:
    """`claims` under a header of the caller's choice, signed with `key`."""
    text = f"{encoded({'alg': 'EdDSA', 'kid': kid, 'typ': typ, **more})}.{encoded(claims)}"
    return f"{text}.{_text(key.sign(text.encode()))}"


def with_its_own_key(claims: dict[str, Any], *, kid: str) -> list[str]:
    """A document that brings along, or points to, the key that verifies it."""
    key = Ed25519PrivateKey.generate()
    jwk = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    ways: list[dict[str, Any]] = [
        {"jwk": jwk},
        {"jku": "https://forger.example/keys.json"},
        {"x5u": "https://forger.example/chain.pem"},
    ]
    return [signed(claims, key=key, kid=kid, **way) for way in ways]


def header(document: str) -> dict[str, Any]:
    return _json(document.split(".")[0])


def claims(document: str) -> dict[str, Any]:
    return _json(document.split(".")[1])


def encoded(value: Any) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _json(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return value


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
