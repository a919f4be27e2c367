"""Documents that were issued once, with a key whose private part is gone, verify for ever."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from pytest_django import Settings

from licensing.documents import documents
from tests.licensing.document_verifier import NOW, verified_independently

GOLDEN: Final = Path(__file__).parent / "golden"
LICENSES: Final = [path for path in sorted(GOLDEN.glob("*.jws")) if path.stem != "receipt"]
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:EdDSA is deprecated")]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.jws")), ids=lambda path: path.stem)
def test_a_golden_document_verifies_elsewhere(path: Path) -> None:
    key_set = json.loads((GOLDEN / "license-keys.json").read_text())

    token = verified_independently(path.read_text(), key_set)

    assert token.claims["iss"] == "https://portal.example"
    assert token.header["typ"] in ("license+jwt", "license-receipt+jwt")


@pytest.mark.parametrize("path", LICENSES, ids=lambda path: path.stem)
def test_a_golden_license_verifies_here(path: Path, settings: Settings) -> None:
    settings.PORTAL_ORIGIN = "https://portal.example"
    settings.PORTAL_LICENSE_KEY_FILE = None
    published = json.loads((GOLDEN / "license-keys.json").read_text())["keys"]
    settings.PORTAL_LICENSE_KEY = json.dumps(
        {"keys": [{**key, "signs_from": 0} for key in published]}
    )
    document = path.read_text()

    claims = documents.read_license(document, now=NOW + timedelta(days=9))

    assert claims["instance"]["name"] == "Farm Zürich"
