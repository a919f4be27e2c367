from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from licensing.activation.device import responses
from licensing.protocol import problems

Handler = Callable[[HttpRequest], HttpResponse]
_API: Final = "/api/"
_OAUTH: Final = "/oauth/"
_FOR_PEOPLE: Final = "/api/v1/docs"


def api_answers(get_response: Handler) -> Handler:
    """For machine endpoints: ignore cookies, forbid caching, and turn every error into a problem
    document under /api/ or an OAuth error under /oauth/."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith((_API, _OAUTH)) or path == _FOR_PEOPLE:
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = in_the_words_of_machines(request, get_response(request))
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def in_the_words_of_machines(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Convert an error response of a machine endpoint; return any other response unchanged."""
    is_of_machines = request.path_info.startswith((_API, _OAUTH))
    if response.status_code < 400 or not is_of_machines or request.path_info == _FOR_PEOPLE:
        return response
    said = response.get("Content-Type")
    if request.path_info.startswith(_OAUTH):
        return response if said == "application/json" else responses.of_status(response)
    return response if said == problems.CONTENT_TYPE else _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = response.status_code
    said = problems.answer(request, problems.of_status(status), status=status)
    if "Allow" in response:
        said["Allow"] = response["Allow"]
    return said
