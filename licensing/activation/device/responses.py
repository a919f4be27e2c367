"""Responses of the device flow: JSON that no cache may store (RFC 6749 §5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.errors import DomainError
from accounts.web import security_log
from licensing.activation.errors import AuthorizationPending

Endpoint = Callable[[HttpRequest], HttpResponse]
# RFC 6749 §5.2: a description is printable ASCII without quotes and backslashes.
_UNFIT: Final = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")
_UNREADABLE: Final = ("invalid_request", "This request can't be read.")
_OF_STATUS: Final = {
    404: ("invalid_request", "There is nothing at this address."),
    500: (
        "server_error",
        "Something went wrong on our side, and nothing was half-saved. Try later.",
    ),
    503: ("temporarily_unavailable", "Wait as many seconds as Retry-After says, then try again."),
}
_PLAINER: Final = str.maketrans(dict.fromkeys('“”’"', "'"))


class Refusal(Exception):
    """An error response: a code for the console, and a sentence for whoever reads its log."""

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: int = 400,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.error, self.description = error, description
        self.status, self.headers = status, headers or {}


_ONLY_POST: Final = Refusal(
    "invalid_request", "Send this with POST.", status=405, headers={"Allow": "POST"}
)


def endpoint(view: Endpoint) -> Endpoint:
    """Decorates a view for consoles: POST only, no session, every error as JSON."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _refused(_ONLY_POST)
        try:
            return view(request)
        except Refusal as refusal:
            security_log.explain(request, refusal.error)
            return _refused(refusal)
        except AuthorizationPending as error:
            security_log.is_expected(request)
            how_long = {"interval": error.interval, "expires_in": error.expires_in}
            return _refused(Refusal(error.code, str(error)), **how_long)
        except DomainError as error:
            security_log.refused(request, security_log.TOKEN_FAIL, error.code)
            return _refused(Refusal(error.code, str(error)))
        except SuspiciousOperation:
            return _refused(Refusal(*_UNREADABLE))

    return guarded


def of_status(response: HttpResponse) -> HttpResponse:
    """The error for a failure outside of the endpoint, of which only the status is known."""
    error, description = _OF_STATUS.get(response.status_code, _UNREADABLE)
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    return _refused(Refusal(error, description, status=response.status_code, headers=kept))


def granted(body: dict[str, Any]) -> HttpResponse:
    return _unkept(JsonResponse(body))


def _refused(refusal: Refusal, **more: int) -> HttpResponse:
    description = _UNFIT.sub("?", refusal.description.translate(_PLAINER))
    body = {"error": refusal.error, "error_description": description, **more}
    return _unkept(JsonResponse(body, status=refusal.status, headers=refusal.headers))


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    return response
