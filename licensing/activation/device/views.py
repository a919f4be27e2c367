"""The device authorization flow for consoles (RFC 8628), its metadata and its key set."""

from __future__ import annotations

from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import limits
from licensing.activation.actions import collecting, requests
from licensing.activation.device import authorization_details, parameters, responses
from licensing.activation.device.responses import Refusal
from licensing.activation.errors import TooManyWaiting
from licensing.activation.models.activation_request import POLL_INTERVAL_SECONDS, VALID_FOR
from licensing.documents import documents

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE: Final = "activate"
_HOUR: Final = 3600


@responses.endpoint
def device_authorization(request: HttpRequest) -> HttpResponse:
    """Start an activation and return its codes to the console (RFC 8628 §3.1, §3.2)."""
    asked = parameters.read(request)
    parameters.check_client(request, asked)
    if asked.get("scope", SCOPE) != SCOPE:
        raise Refusal("invalid_scope", f"The only scope is {SCOPE}.")
    details = parameters.required(asked, "authorization_details")
    installation, key_hint = authorization_details.read(details)
    if not limits.consume(request, action="device"):
        raise _too_many("Too many requests from this address. Wait ten minutes.", status=429)
    address = get_adapter().get_client_ip(request)
    try:
        opened, device_code = requests.open_online(
            installation=installation, key_hint=key_hint, address=address, now=timezone.now()
        )
    except TooManyWaiting as error:
        raise _too_many(str(error), status=503) from error
    page = _absolute("activate")
    return responses.granted(
        {
            "device_code": device_code,
            "user_code": opened.display_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={opened.display_code}",
            "expires_in": int(VALID_FOR.total_seconds()),
            "interval": POLL_INTERVAL_SECONDS,
        }
    )


@responses.endpoint
def token(request: HttpRequest) -> HttpResponse:
    """Let a console poll with its device code and collect its license once (RFC 8628 §3.4,
    §3.5)."""
    asked = parameters.read(request)
    if parameters.required(asked, "grant_type") != GRANT_TYPE:
        raise Refusal("unsupported_grant_type", f"The only grant type is {GRANT_TYPE}.")
    parameters.check_client(request, asked)
    device_code = parameters.required(asked, "device_code")
    collected = collecting.poll(device_code=device_code, now=timezone.now())
    return responses.granted(
        {
            "access_token": collected.token,
            "token_type": "Bearer",
            "scope": SCOPE,
            "authorization_details": authorization_details.granted(collected),
        }
    )


@login_not_required
@require_safe
@cache_control(public=True, max_age=_HOUR)
def metadata(request: HttpRequest) -> JsonResponse:
    """The authorization server metadata; what has no elements is left out (RFC 8414 §3.2)."""
    return JsonResponse(
        {
            "issuer": settings.PORTAL_ORIGIN,
            "device_authorization_endpoint": _absolute("device_authorization"),
            "token_endpoint": _absolute("device_token"),
            "jwks_uri": _absolute("license_keys"),
            "grant_types_supported": [GRANT_TYPE],
            "scopes_supported": [SCOPE],
            # Two names of one algorithm: documents say EdDSA, RFC 9864 wants Ed25519.
            "license_signing_alg_values_supported": [documents.ALGORITHM, "Ed25519"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_details_types_supported": [authorization_details.TYPE],
            "service_documentation": f"{settings.PORTAL_ORIGIN}/api/v1/docs",
        }
    )


@login_not_required
@require_safe
@cache_control(public=True, max_age=_HOUR)
def license_keys(request: HttpRequest) -> JsonResponse:
    """The public keys that verify license documents (RFC 7517 §5)."""
    return JsonResponse(documents.key_set(), content_type="application/jwk-set+json")


def _absolute(name: str) -> str:
    return settings.PORTAL_ORIGIN + reverse(name)


def _too_many(said: str, *, status: int) -> Refusal:
    wait = int(limits.RATES["device"][0].span.total_seconds())
    return Refusal(
        "temporarily_unavailable",
        said,
        status=status,
        headers={"Retry-After": str(wait)},
    )
