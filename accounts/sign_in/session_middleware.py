"""What starts a session, and what an anonymous visitor's browser keeps instead of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import structlog
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse

from accounts import limits
from accounts.sign_in.sessions import SessionStore
from accounts.web import signed_cookies

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)
# They open by a secret from a mailbox, which is kept out of the address from then on.
_MAILED_LINKS: Final = {"account_reset_password_from_key"}


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's session middleware, which stores nothing for visitors who start nothing (SPEC 5, 6).

    A row is added by a form that asked for something, or by a mailed link, and each is counted;
    what a page alone would have kept is dropped, and the log says where.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = cast("SessionStore | None", getattr(request, "session", None))
        if session is None or not session.modified or session.is_empty():
            return super().process_response(request, response)
        if session.is_anonymous and session.adds_a_row and response.status_code < 500:
            page = request.resolver_match.url_name if request.resolver_match else None
            if request.method != "POST" and page not in _MAILED_LINKS:
                log.warning("session_dropped", page=page, keys=sorted(session.keys()))
                session.modified = False
            elif not limits.consume(request, action="session"):
                session.modified = False
                response = cast(HttpResponse, limits.too_many(request))
        return super().process_response(request, response)


def signed_cookies_sent(get_response: Handler) -> Handler:
    """Send what pages let the browser keep."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        signed_cookies.put(request, response)
        return response

    return middleware
