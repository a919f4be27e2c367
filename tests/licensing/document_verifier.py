"""A grant to sign, and a verifier that is another library than the one that signs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from joserfc import jwk
from joserfc import jwt as joserfc_jwt

from licensing.documents.grants import Grant

NOW: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GRANT: Final = Grant(
    serial="6f1c2b0a-6a0d-4c53-9c2e-0d1f6c1b7a11",
    sequence=7,
    issued_at=NOW,
    ends_at=NOW + timedelta(days=30),
    activation_id="0b0a4f3e-7a53-4f0b-8f0e-5a7f1b1d9c01",
    instance_id="7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10",
    instance_name="Farm One",
    account_slug="acme-corp-x7k2",
    account_name="Acme Corp",
    channel="online",
    kind="subscription",
    product="ras",
    license_name="Subscription 2027",
    key_last_five="K7Q2D",
    seats=100,
    expires_on=date(2027, 2, 3),
    runs_until=date(2027, 3, 5),
    max_version=None,
    limited=False,
)


def verified_independently(document: str, key_set: Any) -> Any:
    """Verified by another library than the one that signs, with the published keys alone."""
    return joserfc_jwt.decode(document, jwk.KeySet.import_key_set(key_set), algorithms=["EdDSA"])
