"""What is published for consoles: where to ask, and the keys that verify documents."""

from __future__ import annotations

import pytest
from django.test import Client

from licensing.documents import documents

pytestmark = pytest.mark.django_db
ADDRESSES = ["/.well-known/oauth-authorization-server", "/.well-known/license-keys.json"]


def test_the_metadata_leads_to_the_endpoints(client: Client) -> None:
    """RFC 8414 §2 and §3.2; RFC 8628 §4; RFC 9396 §10."""
    answer = client.get(ADDRESSES[0])

    assert answer["Content-Type"] == "application/json"
    assert [] not in answer.json().values()
    assert answer.json() == {
        "issuer": "http://testserver",
        "device_authorization_endpoint": "http://testserver/oauth/device_authorization",
        "token_endpoint": "http://testserver/oauth/token",
        "jwks_uri": "http://testserver/.well-known/license-keys.json",
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:device_code"],
        "scopes_supported": ["activate"],
        "license_signing_alg_values_supported": ["EdDSA", "Ed25519"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_details_types_supported": ["ras_activation"],
        "service_documentation": "http://testserver/api/v1/docs",
    }


def test_the_keys_are_published_without_their_secret(client: Client) -> None:
    answer = client.get(ADDRESSES[1])

    assert answer["Content-Type"] == "application/jwk-set+json"
    assert answer.json() == documents.key_set()
    assert answer.json()["keys"]
    for key in answer.json()["keys"]:
        assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_may_be_kept_for_an_hour_by_anybody(address: str, client: Client) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert "max-age=3600" in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
