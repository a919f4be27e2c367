"""Small files that browsers, password managers and finders of faults look for at fixed addresses.

They are the same for everyone and may be cached; no session is looked at (middleware.no_session).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_PLAIN: Final = "text/plain; charset=utf-8"
_DAY_SECONDS: Final = 86_400
_VALID_DAYS: Final = 180  # RFC 9116 §2.5.5 recommends less than a year
_ROBOTS: Final = "User-agent: *\nDisallow: /\nAllow: /.well-known/\n"


@login_not_required
@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a vulnerability (RFC 9116)."""
    return HttpResponse(_security_txt(now=timezone.now()), content_type=_PLAIN)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def change_password(request: HttpRequest) -> HttpResponse:
    """Where password managers find the page for it (W3C, A Well-Known URL for Changing
    Passwords)."""
    return HttpResponseRedirect(reverse("account_change_password"))


@login_not_required
@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """No page is for search engines: all of them are forms or somebody's own (RFC 9309)."""
    return HttpResponse(_ROBOTS, content_type=_PLAIN)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for clients that request it without having read a page."""
    return HttpResponse(_icon(), content_type="image/x-icon")


def _security_txt(*, now: datetime) -> str:
    """One line a field; the end of the validity changes once a day."""
    today = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    expires = (today + timedelta(days=_VALID_DAYS)).isoformat().replace("+00:00", "Z")
    contacts = settings.PORTAL_SECURITY_CONTACT or [f"mailto:{settings.PORTAL_SUPPORT_EMAIL}"]
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires}",
        f"Canonical: {settings.PORTAL_ORIGIN}{reverse('security_txt')}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
    ]
    return "\n".join(lines) + "\n"


@cache
def _icon() -> bytes:
    return (settings.BASE_DIR / "static" / "favicon.ico").read_bytes()
