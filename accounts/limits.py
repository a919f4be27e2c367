"""Limits on acts that can be abused (SPEC 5), counted in the shared cache by allauth's limiter."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Final

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

RATES: Final[dict[str, str]] = {
    "sign_in_origin": "10/m/ip,60/h/ip",
    "sign_in_network": "5/5m/key",
    "sign_in_account": "60/h/key",
    "sign_in_browser": "5/5m/key,60/h/key",
    "reset_mail": "3/h/key",
    "find": "5/m/ip,30/h/ip",
    "find_mail": "3/h/key",
    "code": "10/10m/ip",
    "ask": "5/h/key",
    "invitation": "30/m/ip",
    "support": "5/h/ip",
}
HELP_AFTER: Final = 3
_FAILURES: Final = "failures"
_KNOWN_FOR: Final = 180 * 86_400
_KNOWN_PEOPLE: Final = 5  # a shared browser remembers this many


def consume(request: HttpRequest, *, action: str, key: str = "") -> bool:
    """Count one `action`; False when its limit is reached. Unlike allauth's, GET counts too."""
    return _consume(request, action, key) is not None


def too_many(request: HttpRequest) -> HttpResponseBase:
    """The page that says to wait (429)."""
    response: HttpResponseBase = ratelimit.respond_429(request)
    return response


class SignInAttempt:
    """One try to sign in, counted before the password is checked and given back if it was right.

    A browser that this person has signed in with before counts by itself, so that a stranger's
    guesses never lock the person out (SPEC 5).
    """

    def __init__(self, request: HttpRequest, email: str) -> None:
        self._usages: list[RateLimitUsage] = []
        self.allowed = all(
            self._count(request, action, key) for action, key in _counters(request, email)
        )

    def forgive(self) -> None:
        for usage in self._usages:
            usage.rollback()

    def _count(self, request: HttpRequest, action: str, key: str) -> bool:
        usage = _consume(request, action, key)
        if usage is not None:
            self._usages.append(usage)
        return usage is not None


def forget_sign_in_failures(request: HttpRequest, email: str) -> None:
    """After a reset of the password the person starts anew (SPEC 5: the reset is a way in)."""
    for action, key in (
        ("sign_in_network", f"{email}|{_network(request)}"),
        ("sign_in_account", email),
    ):
        ratelimit.clear(request, app="portal", action=action, config=RATES, key=key)


def remember_browser(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Make this browser a known one of `user`."""
    known = _known_browsers(request)
    if user.email in known:
        return
    newest = list(known.items())[-(_KNOWN_PEOPLE - 1) :]
    people = dict([*newest, (user.email, secrets.token_urlsafe(12))])
    response.set_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        "&".join(f"{email}={mark}" for email, mark in people.items()),
        salt="known-browser",
        max_age=_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def count_failure(request: HttpRequest) -> None:
    """One more failed try in this journey; after the third, help is offered (SPEC A24)."""
    request.session[_FAILURES] = request.session.get(_FAILURES, 0) + 1


def needs_help(request: HttpRequest) -> bool:
    """True from the third failure of this journey on."""
    return int(request.session.get(_FAILURES, 0)) >= HELP_AFTER


def forget_failures(request: HttpRequest) -> None:
    request.session.pop(_FAILURES, None)


def _counters(request: HttpRequest, email: str) -> list[tuple[str, str]]:
    if mark := _known_browsers(request).get(email):
        return [("sign_in_browser", mark)]
    return [
        ("sign_in_network", f"{email}|{_network(request)}"),
        ("sign_in_origin", ""),
        ("sign_in_account", email),
    ]


def _consume(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    return ratelimit.consume(
        request, app="portal", action=action, config=RATES, key=key, limit_get=True
    )


def _known_browsers(request: HttpRequest) -> dict[str, str]:
    """Canonical address → mark, from the signed cookie; empty when it isn't ours."""
    try:
        value = request.get_signed_cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME, default="", salt="known-browser", max_age=_KNOWN_FOR
        )
    except BadSignature:
        return {}
    pairs = (pair.rpartition("=") for pair in (value or "").split("&"))
    return {email: mark for email, _, mark in pairs if email}


def _network(request: HttpRequest) -> str:
    """The /24 (IPv4) or /64 (IPv6) that the request comes from."""
    address = ipaddress.ip_address(ratelimit.get_ip(request))
    prefix = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
