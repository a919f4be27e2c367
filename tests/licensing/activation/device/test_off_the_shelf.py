"""A client that knows nothing of us but RFC 8628 and 8414: Authlib, over a real socket."""

from __future__ import annotations

import json
import re
from datetime import datetime

import jwt
import pytest
import requests as http
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation
from tests.licensing import license_factories
from tests.licensing.activation.device.console import DETAIL, GRANT_TYPE

pytestmark = pytest.mark.django_db(transaction=True)


class Console:
    """What a developer writes who reads Authlib's documentation and our metadata."""

    def __init__(self, portal: str) -> None:
        self.metadata = http.get(
            f"{portal}/.well-known/oauth-authorization-server", timeout=60
        ).json()
        self.session = OAuth2Session(
            "ras-console", scope="activate", token_endpoint_auth_method="none"
        )

    def ask(self) -> dict[str, str]:
        answer = self.session.post(
            self.metadata["device_authorization_endpoint"],
            data={
                "client_id": "ras-console",
                "scope": "activate",
                "authorization_details": json.dumps([DETAIL]),
            },
            withhold_token=True,
        )
        answer.raise_for_status()
        codes: dict[str, str] = answer.json()
        return codes

    def poll(self, codes: dict[str, str]) -> dict[str, object]:
        token: dict[str, object] = self.session.fetch_token(
            self.metadata["token_endpoint"],
            grant_type=GRANT_TYPE,
            device_code=codes["device_code"],
        )
        return token

    def refusal(self, codes: dict[str, str]) -> str:
        with pytest.raises(OAuthError) as refused:
            self.poll(codes)
        return str(refused.value.error)


@pytest.fixture
def console(
    live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Console:
    settings.PORTAL_ORIGIN = live_server.url
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # plain HTTP on the loopback
    return Console(live_server.url)


def test_an_off_the_shelf_client_is_activated(
    console: Console, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)

    codes = console.ask()
    waiting, hasty = console.refusal(codes), console.refusal(codes)
    requests.approve(
        request=ActivationRequest.objects.get(),
        account=acme,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=alice,
        now=timezone.now(),
    )
    token = console.poll(codes)
    again = console.refusal(codes)

    assert (waiting, hasty, again) == ("authorization_pending", "slow_down", "invalid_grant")
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", codes["user_code"])
    assert console.session.token["access_token"] == token["access_token"]
    (detail,) = json.loads(json.dumps(token["authorization_details"]))
    assert detail["activation_id"] == str(Activation.objects.get().public_id)
    keys = jwt.PyJWKClient(console.metadata["jwks_uri"])
    claims = jwt.decode(
        detail["license"],
        keys.get_signing_key_from_jwt(detail["license"]),
        algorithms=["EdDSA"],
        audience="ras",
        issuer=console.metadata["issuer"],
    )
    assert claims["sub"] == DETAIL["instance_id"]


def test_an_off_the_shelf_client_hears_of_a_denial(
    console: Console, alice: User, now: datetime
) -> None:
    codes = console.ask()

    requests.deny(request=ActivationRequest.objects.get(), by=alice, now=timezone.now())

    assert console.refusal(codes) == "access_denied"


def test_an_off_the_shelf_client_understands_the_metadata(console: Console) -> None:
    metadata = AuthorizationServerMetadata(console.metadata)

    # Without response types there is nothing to name: an empty list is left out (RFC 8414 §3.2).
    for name in set(metadata.REGISTRY_KEYS) - {"response_types_supported"}:
        getattr(metadata, f"validate_{name}")()
    assert metadata.grant_types_supported == [GRANT_TYPE]
