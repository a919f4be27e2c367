"""Every refusal of the API: an RFC 9457 document with a code that stays (CONTRACT)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.web import security_log

CONTENT_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 60  # seconds


class FieldError(TypedDict):
    """What is wrong with one field: where in the body (RFC 6901), and a sentence."""

    pointer: str
    detail: str


@dataclass(frozen=True)
class ProblemType:
    """One kind of refusal: `title` is its sentence when nothing more precise is known."""

    status: int
    title: str | Promise
    todo: str | Promise = ""


# Codes are kept for good: consoles act on them.
PROBLEM_TYPES: Final[Mapping[str, ProblemType]] = {
    "body_unreadable": ProblemType(
        400,
        _("The body can't be read"),
        _("Send one JSON object in UTF-8: no name twice, no NaN, at most 32 levels deep."),
    ),
    "bad_request": ProblemType(400, _("The request can't be read")),
    "token_missing": ProblemType(
        401, _("A token is missing"), _("Send the header “Authorization: Bearer” with a token.")
    ),
    "token_invalid": ProblemType(
        401,
        _("The token isn't valid here"),
        _("It's unknown, was replaced, or is of another kind. Activate the instance again."),
    ),
    "not_licensed": ProblemType(
        403,
        _("The instance is no longer licensed"),
        _("Its activation has ended. “detail” says how. Activate the instance again."),
    ),
    "enrollment_ended": ProblemType(
        403,
        _("The enrollment token has ended"),
        _("It's used up, expired or revoked. Create a new one in the portal."),
    ),
    "idempotency_key_missing": ProblemType(
        400,
        _("The header “Idempotency-Key” is missing"),
        _("Send one of your own for each request, at most 255 characters. Repeat it on a retry."),
    ),
    "forbidden": ProblemType(403, _("This isn't allowed")),
    "not_found": ProblemType(404, _("We can't find that page")),
    "method_not_allowed": ProblemType(
        405, _("This address takes another method"), _("The header “Allow” names it.")
    ),
    "seats_exhausted": ProblemType(
        409,
        _("All seats are in use"),
        _("Deactivate or replace an instance, or choose another key."),
    ),
    "version_not_covered": ProblemType(
        409,
        _("The license doesn't cover that version"),
        _("Choose another key, or renew the upgrade insurance."),
    ),
    "license_not_usable": ProblemType(
        409, _("The license isn't active now"), _("Its term hasn't begun, has ended, or is paused.")
    ),
    "key_not_in_account": ProblemType(
        409, _("The key isn't the token's own"), _("Leave “key” out, or send the right one.")
    ),
    "key_revoked": ProblemType(409, _("The key was revoked"), _("Create a token for another key.")),
    "instance_in_other_account": ProblemType(
        409,
        _("The instance is licensed under another business account"),
        _("Deactivate it there first, or in its console."),
    ),
    "order_changed": ProblemType(
        409,
        _("The order is already here with different content"),
        _("Orders can't be changed. Check the order number."),
    ),
    "key_taken": ProblemType(
        409, _("Another license has this key"), _("Send another key, or none to have one made.")
    ),
    "refused": ProblemType(409, _("That isn't possible"), _("“detail” says why.")),
    "body_too_large": ProblemType(413, _("The body is too large"), _("Send at most 64 KB.")),
    "not_json": ProblemType(
        415, _("The body isn't JSON"), _("Send “Content-Type: application/json”, in UTF-8.")
    ),
    "fields_invalid": ProblemType(
        422,
        _("Some fields aren't right"),
        _("“errors” has a sentence for each field, with its place in the body."),
    ),
    "idempotency_key_reused": ProblemType(
        422,
        _("The Idempotency-Key was used for another request"),
        _("Use a different key for each request. Keys are kept for 24 hours."),
    ),
    "limit_reached": ProblemType(
        429, _("Too many requests"), _("Wait as many seconds as “Retry-After” says.")
    ),
    "server_error": ProblemType(
        500,
        _("Something went wrong on our side"),
        _("Nothing was half-saved. Try again later. Give support the “reference”."),
    ),
    "unavailable": ProblemType(
        503,
        _("The portal can't answer right now"),
        _("Wait as many seconds as “Retry-After” says, then try again."),
    ),
}
_OF_STATUS: Final = {
    400: "bad_request",
    401: "token_missing",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "not_json",
    422: "fields_invalid",
    429: "limit_reached",
    503: "unavailable",
}


@dataclass(eq=False)  # exceptions are told apart by identity
class ApiProblem(Exception):
    """A refusal, raised from anywhere under the API."""

    code: str
    detail: str = ""
    errors: Sequence[FieldError] = field(default_factory=list)


def of_status(status: int) -> ApiProblem:
    """The refusal that only its status is known of."""
    return ApiProblem(_OF_STATUS.get(status, "refused" if status < 500 else "server_error"))


def of_refusal(error: DomainError) -> ApiProblem:
    """The refusal of an action; its text says what to do."""
    return ApiProblem(error.code, str(error))


def kind_of(code: str) -> ProblemType:
    """What is known of a code; one that this table lacks is a refusal like others (409)."""
    return PROBLEM_TYPES.get(code, PROBLEM_TYPES["refused"])


def answer(request: HttpRequest, problem: ApiProblem, *, status: int | None = None) -> HttpResponse:
    """The refusal as RFC 9457 document, with the headers that its status asks for."""
    security_log.explain(request, problem.code)
    kind = kind_of(problem.code)
    status = status or kind.status
    body = {
        "type": f"{settings.PORTAL_ORIGIN}/api/v1/docs#{problem.code}",
        "title": str(kind.title),
        "status": status,
        "detail": problem.detail or str(kind.todo or f"{kind.title}."),
        "code": problem.code,
        "errors": list(problem.errors),
        "reference": getattr(request, "id", ""),
    }
    response = HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="portal"' + (
            ', error="invalid_token"' if problem.code == "token_invalid" else ""
        )
    if status in (429, 503):
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
