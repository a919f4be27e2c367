from __future__ import annotations

import codecs
import re
import secrets
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from accounts.web import kept_pages, security_log
from licensing.middleware import in_the_words_of_machines
from onboarding.site.handler import BY_ITS_TYPE, UNREADABLE

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("portal.request")
_ALPHABET: Final = "23456789BCDFGHJKMNPQRSTVWXZ"
_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_SAME_FOR_ALL: Final = (
    "/.well-known/change-password",
    "/.well-known/security.txt",
    "/favicon.ico",
    "/robots.txt",
)
_PROBES: Final = ("/healthz", "/readyz", "/metrics")
_LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.ASCII)
_SECRET_PARTS: Final = {"token", "key"}  # parts of addresses that open something


def request_log(get_response: Handler) -> Handler:
    """Give each request a reference, and log it by route: paths carry tokens, routes don't."""

    def middleware(request: HttpRequest) -> HttpResponse:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(7))
        request.id = f"{code[:3]}-{code[3:]}"  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request.id):  # type: ignore[attr-defined]
            response = get_response(request)
            match = request.resolver_match
            if match is not None and request.path not in _PROBES:
                log.info(
                    "request",
                    method=request.method,
                    route=match.route,
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000),
                )
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def encrypted_only(get_response: Handler) -> Handler:
    """Refuse what came without encryption and carries a secret; pages are led to https.

    A console whose token crossed the network in the clear must fail at once: a redirect would make
    it work, and nobody would ever notice (ASVS 4.1.2).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_open = not settings.SECURE_SSL_REDIRECT or request.is_secure()
        if is_open or request.path in _PROBES or not _carries_secret(request):
            return get_response(request)
        security_log.refused(request, security_log.AUTHZ_FAIL, "unencrypted")
        page = HttpResponseForbidden(render_to_string("errors/unencrypted.html"))
        refused = in_the_words_of_machines(request, page)
        refused["Cache-Control"] = "no-store"
        refused["X-Content-Type-Options"] = "nosniff"
        return refused

    return middleware


def canonical_host(get_response: Handler) -> Handler:
    """Serve one origin only (SPEC A2): other hosts get 400, loopback names are led over."""

    def middleware(request: HttpRequest) -> HttpResponse:
        origin = urlsplit(settings.PORTAL_ORIGIN)
        if request.path in _PROBES:
            request.META["HTTP_HOST"] = origin.netloc
            request.META.pop("HTTP_COOKIE", None)  # a session would be looked up
            return get_response(request)
        host = request.META.setdefault("HTTP_HOST", origin.netloc)
        if host == origin.netloc:
            return get_response(request)
        loopback = settings.PORTAL_EMBEDDED and _LOOPBACK.fullmatch(host.lower())
        if loopback and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(settings.PORTAL_ORIGIN + request.get_full_path())
        log.warning("wrong_host", host=ascii(host[:100]), method=ascii(request.method))
        request.META["HTTP_HOST"] = origin.netloc
        security_log.explain(request, "host")
        return bad_request(request, SuspiciousOperation("Host"))

    return middleware


def clean_input(get_response: Handler) -> Handler:
    """Refuse methods that no page knows, bodies in another charset than UTF-8, and NUL bytes in
    addresses: databases choke on them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in _METHODS:
            return HttpResponseNotAllowed(_METHODS)
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, SuspiciousOperation("NUL"))
        if not _is_utf_8(request):
            # Error pages read the form, too: what Django makes of it must not be asked again.
            request.encoding = "utf-8"
            by_its_type = request.META.get(UNREADABLE, BY_ITS_TYPE) == BY_ITS_TYPE
            if by_its_type and request.path_info.startswith("/api/"):
                return HttpResponse(status=415)  # `api_answers` words it (RFC 9110 §15.5.16)
            return bad_request(request, SuspiciousOperation("Content-Type"))
        return get_response(request)

    return middleware


def same_site(get_response: Handler) -> Handler:
    """Refuse writes that another site's page sends; the CSRF token is the second lock."""

    def middleware(request: HttpRequest) -> HttpResponse:
        unsafe = request.method not in ("GET", "HEAD", "OPTIONS", "TRACE")
        if unsafe and request.headers.get("Sec-Fetch-Site") == "cross-site":
            security_log.explain(request, "cross_site")
            raise PermissionDenied(_("This form was sent from another site, so nothing was done."))
        return get_response(request)

    return middleware


def private_pages(get_response: Handler) -> Handler:
    """Keep pages that belong to a session out of every cache; with the session ends what the
    browser holds of them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
            patch_cache_control(response, private=True, no_store=True)
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and session["max-age"] == 0:
            kept_pages.clear(response)
        return response

    return middleware


def explain_post_only(get_response: Handler) -> Handler:
    """Show a page instead of an empty 405 to a person who opens a button's address by hand."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        wants_page = request.method == "GET" and request.accepts("text/html")
        if response.status_code != 405 or response.content or not wants_page:
            return response
        page = render(request, "errors/button_only.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def no_session(get_response: Handler) -> Handler:
    """What is the same for everyone costs no look at a session, and may be cached."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path not in _SAME_FOR_ALL:
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        del response["Vary"]
        return response

    return middleware


def named_charset(get_response: Handler) -> Handler:
    """Say the charset of every text, so that no browser guesses it (ASVS 4.1.1)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.get("Content-Type", "")
        if kind.startswith("text/") and "charset" not in kind:
            response["Content-Type"] = f"{kind}; charset=utf-8"
        return response

    return middleware


def _carries_secret(request: HttpRequest) -> bool:
    """Whether something in it must not cross a network in the clear: a token in a header or in the
    address, whatever a form or a console sends."""
    is_page = request.method in ("GET", "HEAD")
    if not is_page or "Authorization" in request.headers:
        return True
    if request.path_info.startswith(("/api/", "/oauth/")):
        return True
    try:
        return bool(_SECRET_PARTS & resolve(request.path_info).kwargs.keys())
    except Resolver404:
        return False


def _is_utf_8(request: HttpRequest) -> bool:
    if UNREADABLE in request.META:
        return False
    charset = (request.content_params or {}).get("charset")
    if charset is None:
        return True
    try:
        is_utf_8 = codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False
    if is_utf_8:
        request.encoding = "utf-8"  # whatever alias was sent: Django knows one name only
    return is_utf_8
