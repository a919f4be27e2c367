from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from licensing.api import problems
from licensing.device import answers

Handler = Callable[[HttpRequest], HttpResponse]
_API: Final = "/api/"
_OAUTH: Final = "/oauth/"
_FOR_PEOPLE: Final = "/api/v1/docs"


def api_answers(get_response: Handler) -> Handler:
    """Where machines ask no cookie counts, nothing is cached, and all that goes wrong, wherever, is
    said in their words: a problem document under /api/, an OAuth error under /oauth/."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith((_API, _OAUTH)) or path == _FOR_PEOPLE:
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        if response.status_code >= 400:
            response = _refusal(request, response)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _refusal(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = response.get("Content-Type")
    if request.path_info.startswith(_OAUTH):
        return response if said == "application/json" else answers.of_status(response)
    return response if said == problems.CONTENT_TYPE else _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = response.status_code
    said = problems.answer(request, problems.of_status(status), status=status)
    if "Allow" in response:
        said["Allow"] = response["Allow"]
    return said
