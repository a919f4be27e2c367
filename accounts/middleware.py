from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed, SeedUnreadable
from accounts.limits import failures
from accounts.limits import hash_gate as gate
from accounts.sign_in import hash_lanes
from accounts.web import security_log
from accounts.web.destinations import path_of

Handler = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
_SEEN: Final = "seen"
_STARTED: Final = "started"
_OF_STAFF: Final = "staff"
_EVERY: Final = 300  # seconds between two notes of "last seen": reading a page must not write


@dataclass(frozen=True)
class Lifetime:
    """How long a person stays signed in, in seconds: while idle, and at most."""

    idle: int
    whole: int


_OF_PEOPLE: Final = Lifetime(idle=14 * 86_400, whole=30 * 86_400)
_OF_THE_VENDOR: Final = Lifetime(idle=4 * 3600, whole=12 * 3600)


def security_lines(get_response: Handler) -> Handler:
    """Log each refusal in the security log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        security_log.answered(request, response)
        return response

    return middleware


def session_activity(get_response: Handler) -> Handler:
    """Keep "last seen" in the list of sessions, at most every five minutes, and end sessions that
    were left alone or have lasted too long (docs/security.md; the vendor's staff earlier)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        session = request.session
        if "_auth_user_id" in session:
            now = int(time.time())
            if _is_over(session, now):
                logout(request)
            elif now - session.get(_SEEN, 0) >= _EVERY:
                _note(request, now)
        return get_response(request)

    return middleware


def _is_over(session: SessionBase, now: int) -> bool:
    lifetime = _OF_THE_VENDOR if session.get(_OF_STAFF) else _OF_PEOPLE
    seen, started = int(session.get(_SEEN, now)), int(session.get(_STARTED, now))
    return now - seen > lifetime.idle or now - started > lifetime.whole


def _note(request: HttpRequest, now: int) -> None:
    session = request.session
    session[_SEEN] = now
    session.setdefault(_STARTED, now)
    session[_OF_STAFF] = request.user.is_staff
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


class hash_gate:  # noqa: N801 (reads like its neighbors in MIDDLEWARE)
    """Requests that check a password pass the machine's hash gate, or get a "busy" page.

    Runs before any lookup, so that the response is the same, and as cheap, for everyone.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as passage:
            passage.enter_context(gate.lane_is(lambda: hash_lanes.lane_of_person(request)))
            request.hash_passage = passage  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        lane = hash_lanes.lane_of(request)
        if lane is not None:
            try:
                request.hash_passage.enter_context(gate.through(lane))  # type: ignore[attr-defined]
            except gate.Busy:
                return _busy(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _busy(request) if isinstance(error, gate.Busy) else None


class failed_forms:  # noqa: N801 (reads like its neighbors in MIDDLEWARE)
    """Count a page of allauth that comes back with a form's errors (SPEC A24).

    Our own views say it themselves, where they show their page again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        shown = (response.context_data or {}).values()
        failures.count_errors(request, *(each for each in shown if isinstance(each, BaseForm)))
        return response


class refusals:  # noqa: N801 (reads like its neighbors in MIDDLEWARE)
    """Show a refused action as a message on the page that the person came from."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        event = security_log.ACT_REFUSED
        if isinstance(error, NotAllowed):
            event = security_log.AUTHZ_FAIL
        elif isinstance(error, SeedUnreadable):
            event = security_log.DECRYPT_FAIL
        security_log.refused(request, event, error.code)
        back = path_of(request.headers.get("Referer", ""))
        if back and back != request.get_full_path():
            messages.error(request, str(error))
            return HttpResponseRedirect(back)
        return render(request, "errors/refused.html", {"refusal": error}, status=409)


_TYPED: Final = ("email", "name", "next")


def _busy(request: HttpRequest) -> HttpResponse:
    """Busy, try again (503): what was typed is kept, but never the password."""
    typed = {name: request.POST.get(name) or request.GET.get(name, "") for name in _TYPED}
    typed["email"] = typed["email"] or request.POST.get("login", "")
    query = urlencode({name: value[:254] for name, value in typed.items() if value})
    context = {
        "again": f"{request.path}?{query}" if query else request.path,
        "typed_email": typed["email"][:254],
        "reference": getattr(request, "id", ""),
    }
    security_log.refused(request, security_log.RATE_LIMIT, "busy")
    response = HttpResponse(render_to_string("errors/busy.html", context), status=503)
    response["Retry-After"] = str(gate.RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
