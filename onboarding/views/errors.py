from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: nothing was done, and reloading helps."""
    return render(request, "errors/csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The page of a reached limit, with the seconds to wait in `Retry-After`."""
    response = render(request, "429.html", {"retry_after": 60}, status=429)
    response["Retry-After"] = "60"
    return response
