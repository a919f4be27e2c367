"""Small facts in signed cookies, so that the database stores nothing for anonymous visitors.

A browser can send an old one again, or none at all: nothing that limits guesses may stand here
(SPEC 6).
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

MAX_VALUE_LENGTH: Final = 3000  # characters of a value; browsers drop cookies beyond 4,096 bytes
_ATTRIBUTE: Final = "_signed_cookies"


def read(request: HttpRequest, name: str, *, max_age: int) -> Any:
    """What this browser keeps under `name`; None without one of ours from the last `max_age`
    seconds."""
    changed = _changed(request)
    if name in changed:
        return changed[name][0]
    if name not in request.COOKIES:
        return None
    try:
        return signing.loads(request.COOKIES[name], salt=name, max_age=max_age)
    except (signing.BadSignature, ValueError):
        return None


def keep(request: HttpRequest, name: str, value: Any, *, max_age: int) -> None:
    """Let the browser keep `value`, which JSON can hold, for `max_age` seconds."""
    _changed(request)[name] = (value, max_age)


def drop(request: HttpRequest, name: str) -> None:
    """Let the browser forget what it keeps under `name`."""
    if name in request.COOKIES or name in _changed(request):
        _changed(request)[name] = (None, 0)


def fits(name: str, value: Any) -> bool:
    """Whether browsers would keep it."""
    return len(_signed(name, value)) <= MAX_VALUE_LENGTH


def put(request: HttpRequest, response: HttpResponseBase) -> None:
    """Send the browser what was kept and dropped while `request` was answered."""
    for name, (value, max_age) in _changed(request).items():
        if value is None:
            response.delete_cookie(name, samesite="Lax")
            continue
        response.set_cookie(
            name,
            _signed(name, value),
            max_age=max_age,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _signed(name: str, value: Any) -> str:
    return signing.dumps(value, salt=name, compress=True)


def _changed(request: HttpRequest) -> dict[str, tuple[Any, int]]:
    changed: dict[str, tuple[Any, int]] | None = getattr(request, _ATTRIBUTE, None)
    if changed is None:
        changed = {}
        setattr(request, _ATTRIBUTE, changed)
    return changed
