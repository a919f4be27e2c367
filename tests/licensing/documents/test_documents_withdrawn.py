"""A signing key that was withdrawn signs nothing and proves nothing; the last one stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from licensing.documents import documents, signing_keys
from licensing.documents.documents import KeyWithdrawn
from licensing.documents.models import WithdrawnKey
from licensing.documents.signing_keys import KeySetInvalid
from tests.licensing.document_verifier import GRANT, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:EdDSA is deprecated")]


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> str:
    """A portal with a key that has signed for 100 days."""
    settings.PORTAL_LICENSE_KEY_FILE = None
    made = signing_keys.first_key_set(now=NOW - timedelta(days=100))
    settings.PORTAL_LICENSE_KEY = made
    return made


def test_a_withdrawn_key_is_neither_believed_nor_published_nor_used(keys: str) -> None:
    document = documents.sign_license(GRANT)
    kid = documents.kid_of(document)

    WithdrawnKey.objects.create(kid=kid, withdrawn_at=NOW)

    with pytest.raises(KeyWithdrawn):
        documents.read_license(document, now=NOW)
    assert documents.key_set() == {"keys": []}
    with pytest.raises(KeySetInvalid):
        documents.sign_license(GRANT)


def test_the_last_key_that_can_sign_is_not_withdrawn(settings: Settings, keys: str) -> None:
    only = documents.kid_of(documents.sign_license(GRANT))
    with pytest.raises(KeySetInvalid, match="No other key could sign"):
        documents.refuse_without_another_key([only], now=NOW)

    settings.PORTAL_LICENSE_KEY = signing_keys.rotated(
        keys, signs_from=NOW + timedelta(days=1), now=NOW
    )

    with pytest.raises(KeySetInvalid):
        documents.refuse_without_another_key([only], now=NOW)
    documents.refuse_without_another_key([only], now=NOW + timedelta(days=2))
