"""Who the vendor's systems are, and how each of their requests is done once."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja.responses import Status
from ninja.security import HttpBearer

from accounts import limits
from accounts.web import security_log
from licensing.api.actions import idempotency
from licensing.protocol import tokens
from licensing.protocol.problems import ApiProblem

_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
KEY_HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Your own for each request; the same again within 24 hours, the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


class VendorToken(HttpBearer):
    """Proves the vendor: the token is a setting, and without one nobody passes."""

    openapi_description = "The vendor's own, from the portal's settings (`PORTAL_VENDOR_TOKEN`)."

    def authenticate(self, request: HttpRequest, token: str) -> str:
        ours = settings.PORTAL_VENDOR_TOKEN
        if not ours or not hmac.compare_digest(tokens.digest(token), tokens.digest(ours)):
            raise ApiProblem("token_invalid")
        security_log.act_as(request, "vendor")
        digest = tokens.digest(token)
        if not limits.consume(request, action="api", key=digest):
            raise ApiProblem("limit_reached")
        return digest


class OfVendor(HttpRequest):
    auth: str


def once(
    request: OfVendor, *, digest: str, act: Callable[[], idempotency.Answer], now: datetime
) -> Status[dict[str, Any]]:
    """The answer of `act`, or what the same request got before; `digest` is what it asks for.

    Raises Problem, and what `idempotency.once` and `act` raise.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ApiProblem("idempotency_key_missing")
    status, answer = idempotency.once(
        key_digest=tokens.digest(f"{request.auth} {key}"), body_digest=digest, act=act, now=now
    )
    return Status(status, answer)
