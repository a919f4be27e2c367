"""License documents: what we issue verifies anywhere, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import joserfc.errors
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings

from licensing.documents import documents, signing_keys
from licensing.documents.documents import DocumentInvalid
from tests.licensing import forged_documents
from tests.licensing.document_verifier import GRANT, NOW, verified_independently

# RFC 9864 gives EdDSA over Ed25519 a narrower name; verifiers in the field know the older one.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:EdDSA is deprecated")]


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> str:
    """A portal with a key that has signed for 100 days."""
    settings.PORTAL_ORIGIN = "https://portal.example"
    settings.PORTAL_LICENSE_KEY_FILE = None
    made = signing_keys.first_key_set(now=NOW - timedelta(days=100))
    settings.PORTAL_LICENSE_KEY = made
    return made


def refused(document: str, *, now: datetime = NOW) -> bool:
    try:
        documents.read_license(document, now=now)
    except DocumentInvalid:
        return True
    return False


def test_a_document_says_what_was_granted() -> None:
    token = verified_independently(documents.sign_license(GRANT), documents.key_set())

    assert token.header == {
        "alg": "EdDSA",
        "kid": documents.key_set()["keys"][0]["kid"],
        "typ": "license+jwt",
    }
    assert token.claims["seq"] == 7
    assert token.claims["exp"] - token.claims["iat"] == 30 * 86_400
    assert token.claims["license"] == {
        "kind": "subscription",
        "product": "ras",
        "name": "Subscription 2027",
        "key_last_five": "K7Q2D",
        "seats": 100,
        "expires_on": "2027-02-03",
        "runs_until": "2027-03-05",
        "max_version": None,
        "limited": False,
    }


def test_signing_the_same_again_gives_the_same_bytes() -> None:
    assert documents.sign_license(GRANT) == documents.sign_license(GRANT)


def test_no_private_part_is_published(keys: str) -> None:
    private = json.loads(keys)["keys"][0]["d"]

    assert private not in json.dumps(documents.key_set())


def test_with_any_byte_changed_it_is_refused() -> None:
    document = documents.sign_license(GRANT)

    accepted = [changed for changed in forged_documents.flipped(document) if not refused(changed)]

    assert accepted == []


def test_any_other_spelling_is_refused() -> None:
    document = documents.sign_license(GRANT)

    assert [text for text in forged_documents.respelled(document) if not refused(text)] == []


def test_an_unsigned_document_is_refused() -> None:
    document = documents.sign_license(GRANT)

    assert [text for text in forged_documents.unsigned(document) if not refused(text)] == []


def test_the_public_key_is_no_secret() -> None:
    document = documents.sign_license(GRANT)
    x = documents.key_set()["keys"][0]["x"]

    forged = forged_documents.with_public_key_as_secret(document, x)

    assert [text for text in forged if not refused(text)] == []


def test_a_key_that_a_document_brings_along_is_ignored() -> None:
    document = documents.sign_license(GRANT)
    kid = documents.key_set()["keys"][0]["kid"]

    forged = [
        *forged_documents.with_its_own_key(forged_documents.claims(document), kid=kid),
        *forged_documents.with_its_own_key(forged_documents.claims(document), kid="theirs"),
    ]

    assert [text for text in forged if not refused(text)] == []


def test_a_receipt_is_no_license(keys: str) -> None:
    receipt = documents.sign_receipt(
        instance_id=GRANT.instance_id,
        activation_id=GRANT.activation_id,
        sequence=7,
        ending="console",
        at=NOW,
        now=NOW,
    )

    with pytest.raises(DocumentInvalid, match="Not a license document"):
        documents.read_license(receipt, now=NOW)


def our_own(keys: str) -> Ed25519PrivateKey:
    private = signing_keys.parse(keys)[0].private
    assert private is not None
    return private


@pytest.mark.parametrize(
    ("claim", "value"),
    [("iss", "https://other.example"), ("aud", "another product"), ("exp", None), ("iat", None)],
)
def test_even_our_signature_needs_the_right_claims(keys: str, claim: str, value: Any) -> None:
    claims = forged_documents.claims(documents.sign_license(GRANT))
    kid = documents.key_set()["keys"][0]["kid"]
    changed = {name: of for name, of in {**claims, claim: value}.items() if of is not None}

    assert not refused(forged_documents.signed(claims, key=our_own(keys), kid=kid))
    assert refused(forged_documents.signed(changed, key=our_own(keys), kid=kid))


@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [
        (timedelta(minutes=-10), True),
        (timedelta(minutes=-4), False),
        (timedelta(0), False),
        (timedelta(days=30, minutes=4), False),
        (timedelta(days=30, minutes=5), True),
        (timedelta(days=30, minutes=6), True),
        (timedelta(days=31), True),
    ],
)
def test_it_is_good_in_its_time_give_or_take_five_minutes(
    moment: timedelta, is_refused: bool
) -> None:
    document = documents.sign_license(GRANT)

    assert refused(document, now=NOW + moment) is is_refused


def test_an_expired_document_still_says_whose_it_was() -> None:
    document = documents.sign_license(GRANT)
    later = NOW + timedelta(days=200)

    assert refused(document, now=later)
    claims = documents.read_license(document, now=later, expired_is_fine=True)
    assert claims["sub"] == GRANT.instance_id


def test_a_rotation_needs_no_restart_and_loses_no_document(
    settings: Settings, keys: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(keys)
    settings.PORTAL_LICENSE_KEY_FILE = path
    before = documents.sign_license(GRANT)
    path.write_text(signing_keys.rotated(keys, signs_from=NOW + timedelta(days=7), now=NOW))

    during = documents.sign_license(replace(GRANT, issued_at=NOW + timedelta(days=6)))
    after = documents.sign_license(replace(GRANT, issued_at=NOW + timedelta(days=8)))

    old, new = [key["kid"] for key in documents.key_set()["keys"]]
    assert [forged_documents.header(document)["kid"] for document in (before, during, after)] == [
        old,
        old,
        new,
    ]
    assert not any(refused(document, now=NOW + timedelta(days=8)) for document in (before, after))


def test_a_text_that_is_empty_names_no_key() -> None:
    assert documents.kid_of("") == ""


def test_a_receipt_never_expires_and_a_license_says_when() -> None:
    receipt = documents.sign_receipt(
        instance_id=GRANT.instance_id,
        activation_id=GRANT.activation_id,
        sequence=1,
        ending="console",
        at=NOW,
        now=NOW,
    )

    assert documents.ends_at(receipt) is None
    assert documents.ends_at(documents.sign_license(GRANT)) == GRANT.ends_at


def test_what_is_wrong_with_the_keys_is_said(settings: Settings, tmp_path: Path) -> None:
    assert documents.key_set_fault(now=NOW) == ""

    settings.PORTAL_LICENSE_KEY = "{}"
    assert documents.key_set_fault(now=NOW) == "That isn't a JSON Web Key Set."

    settings.PORTAL_LICENSE_KEY_FILE = tmp_path / "absent.json"
    assert "absent.json" in documents.key_set_fault(now=NOW)


def test_the_independent_verifier_tells_a_forgery() -> None:
    document = documents.sign_license(GRANT)

    with pytest.raises(joserfc.errors.BadSignatureError):
        verified_independently(document[:-20] + "A" + document[-19:], documents.key_set())
