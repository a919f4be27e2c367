from __future__ import annotations

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from licensing.api.problems import RETRY_AFTER


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: nothing was done, and reloading helps."""
    return render(request, "errors/csrf.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The page of a reached limit, with the seconds to wait in `Retry-After`."""
    response = render(request, "429.html", {"retry_after": 60}, status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever broke, in a view or on the way to it: 503 with `Retry-After` when the database is
    away, else 500. Neither page needs a database, a session or a context."""
    return _bare(request, 503 if _is_away(sys.exc_info()[1]) else 500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """What can't be read; but a session that couldn't be saved is no fault of the browser's."""
    # Django takes every failure for a session that was deleted meanwhile.
    failed = exception.__context__ if isinstance(exception, SessionInterrupted) else None
    if failed is not None and _is_away(failed.__context__):
        return _bare(request, 503)
    return defaults.bad_request(request, exception)


def _is_away(error: BaseException | None) -> bool:
    return isinstance(error, (OperationalError, InterfaceError))


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    context = {
        "reference": getattr(request, "id", ""),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response
