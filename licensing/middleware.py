from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from licensing.api import problems

Handler = Callable[[HttpRequest], HttpResponse]
_UNDER: Final = "/api/"
_FOR_PEOPLE: Final = "/api/v1/docs"


def api_answers(get_response: Handler) -> Handler:
    """Under /api/ no cookie counts, nothing is cached, and all that goes wrong, wherever, is a
    problem document."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_UNDER) or request.path_info == _FOR_PEOPLE:
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != problems.CONTENT_TYPE:
            response = _as_problem(request, response)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = response.status_code
    said = problems.answer(request, problems.of_status(status), status=status)
    if "Allow" in response:
        said["Allow"] = response["Allow"]
    return said
