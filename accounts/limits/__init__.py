"""Rate limits on actions that can be abused (SPEC 5), counted exactly across all processes.

Counts are kept in the database, so that limits hold while Redis is away."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.directory.models import User
from accounts.limits.models import RateCounter
from accounts.limits.rates import OF_PEOPLE as _OF_PEOPLE
from accounts.limits.rates import RATES as RATES
from accounts.limits.rates import Rate as Rate
from accounts.limits.rates import declare as declare
from accounts.web import security_log
from accounts.web.allauth_internals import ratelimit

COUNTERS_IN_ALL = 1_000_000  # what strangers may begin
_LOOK_AGAIN_AFTER: Final = 10.0  # seconds: counting a million rows takes a tenth of one
_KNOWN_FOR: Final = 180 * 86_400
_KNOWN_PEOPLE: Final = 5  # a shared browser remembers this many


def consume(request: HttpRequest, *, action: str, key: str = "") -> bool:
    """Count one `action`; False when its limit is reached."""
    return _count(request, [(action, key)])[0]


def too_many(request: HttpRequest) -> HttpResponseBase:
    """The page that says to wait (429)."""
    response: HttpResponseBase = ratelimit.respond_429(request)
    return response


def may_mail_code(request: HttpRequest, email: str) -> bool:
    """Count one code for a canonical address; a browser known to this person counts by itself.

    The total counts what goes out, so whoever is refused has a code that still works.
    """
    if mark := _known_browsers(request).get(email):
        return consume(request, action="code_mail_browser", key=mark)
    return _within_network_and_total(request, email, "code_mail")


def may_mail_reset(request: HttpRequest, email: str) -> bool:
    """Count one reset for an address; a browser known to this person counts by itself (SPEC 5)."""
    if mark := _known_browsers(request).get(email):
        return consume(request, action="reset_mail_browser", key=mark)
    return consume(request, action="reset_mail", key=email)


def may_mail_unknown_code(request: HttpRequest, email: str) -> bool:
    """Count one answer to an address that nobody has proven, as `may_mail_code` would."""
    return _within_network_and_total(request, email, "unknown_code")


def may_mail_unknown_reset(request: HttpRequest, email: str) -> bool:
    """The same for a reset of such an address."""
    return consume(request, action="unknown_reset", key=email)


def _within_network_and_total(request: HttpRequest, email: str, action: str) -> bool:
    here = f"{email}|{security_log.network_of(request)}"
    within_network = consume(request, action=f"{action}_network", key=here)
    return within_network and consume(request, action=action, key=email)


class Attempt:
    """One guess at a secret, counted before it is checked and refunded if it was right."""

    def __init__(self, request: HttpRequest, counters: list[tuple[str, str]]) -> None:
        self.allowed, self._counted = _count(request, counters)

    def refund(self) -> None:
        """The guess was right: uncount it."""
        RateCounter.objects.decrement(self._counted)


class SignInAttempt(Attempt):
    """One try to sign in.

    A browser that this person has signed in with before counts by itself, so that a stranger's
    guesses never lock the person out (SPEC 5).
    """

    def __init__(self, request: HttpRequest, email: str) -> None:
        super().__init__(request, _counters(request, email))


def reset_sign_in_counters(request: HttpRequest, email: str) -> None:
    """After a reset of the password the person starts anew (SPEC 5: the reset is a way in)."""
    counters = [
        ("sign_in_network", f"{email}|{security_log.network_of(request)}"),
        ("sign_in_account", email),
    ]
    RateCounter.objects.filter(key__in=_keys(request, counters)).delete()


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


def knows_somebody(request: HttpRequest) -> bool:
    """True when the browser claims so; `known_browser` verifies it."""
    return settings.KNOWN_BROWSER_COOKIE_NAME in request.COOKIES


def known_browser(request: HttpRequest, email: str) -> str:
    """The mark of this browser when the person with `email` has signed in with it, or ""."""
    return _known_browsers(request).get(email, "")


def _counters(request: HttpRequest, email: str) -> list[tuple[str, str]]:
    if mark := known_browser(request, email):
        return [("sign_in_browser", mark)]
    return [
        ("sign_in_network", f"{email}|{security_log.network_of(request)}"),
        ("sign_in_origin", ""),
        ("sign_in_account", email),
    ]


def _count(request: HttpRequest, counters: list[tuple[str, str]]) -> tuple[bool, list[str]]:
    """Whether each stays within its rate, and what was counted.

    Origins come first: one that is over its limit must not begin counters for keys of its choice.
    """
    if _are_too_many() and any(action not in _OF_PEOPLE for action, _key in counters):
        return False, []
    keys = _keys(request, counters)
    counted: list[str] = []
    by_origin = {key: rate for key, rate in keys.items() if not rate.by_key}
    by_key = {key: rate for key, rate in keys.items() if rate.by_key}
    for group in filter(None, (by_origin, by_key)):
        spans = {key: rate.span for key, rate in group.items()}
        counts = RateCounter.objects.increment(spans, now=timezone.now())
        counted.extend(group)
        over = [key for key, rate in group.items() if counts[key] > rate.amount]
        if over:
            reason = over[0].partition(":")[0]
            security_log.refused(request, security_log.RATE_LIMIT, reason)
            return False, counted
    return True, counted


_seen = {"at": float("-inf"), "count": 0.0}


def _are_too_many() -> bool:
    """Whether the table of counters is full, as of the last ten seconds of this process."""
    now = time.monotonic()
    if now - _seen["at"] > _LOOK_AGAIN_AFTER:
        some = RateCounter.objects.order_by()[:COUNTERS_IN_ALL]
        _seen.update(at=now, count=some.count())
    return _seen["count"] >= COUNTERS_IN_ALL


def _keys(request: HttpRequest, counters: list[tuple[str, str]]) -> dict[str, Rate]:
    """A key for each rate, without any mail or network address in clear text."""
    keys = {}
    for action, given in counters:
        for number, rate in enumerate(RATES[action]):
            whose = "" if rate.in_all else given if rate.by_key else ratelimit.get_ip(request)
            digest = hashlib.sha256(whose.encode()).hexdigest()[:40]
            keys[f"{action}:{number}:{digest}"] = rate
    return keys


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
