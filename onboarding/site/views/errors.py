from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.web import security_log
from licensing.protocol.problems import RETRY_AFTER_SECONDS


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: nothing was done, and reloading helps."""
    security_log.explain(request, "csrf")
    return render(request, "errors/csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The page of a reached limit, with the seconds to wait in `Retry-After`."""
    response = render(request, "429.html", {"retry_after": 60}, status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever broke, in a view or on the way to it: 503 with `Retry-After` when the database is
    away, else 500. Neither page needs a database, a session or a context."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    return _bare(request, 503 if away else 500)


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    context = {
        "reference": getattr(request, "id", ""),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
