"""Where to go next: `next` is carried through every journey, and never leads elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_MAX_ADDRESS_LENGTH = 1000


def is_ours(url: str) -> bool:
    """True for an address inside the portal that is fit for a redirect."""
    origin = urlsplit(settings.PORTAL_ORIGIN)
    return (
        bool(url)
        and len(url) <= _MAX_ADDRESS_LENGTH
        and url.isprintable()
        and url_has_allowed_host_and_scheme(
            url, allowed_hosts={origin.netloc}, require_https=origin.scheme == "https"
        )
    )


def path_of(url: str) -> str:
    """Path and query of an address of ours, fit for a redirect by themselves; else "".

    `http://portal.example//evil.example/` is ours, and its path would lead away.
    """
    if not is_ours(url):
        return ""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if is_ours(path) else ""


def next_url(request: HttpRequest) -> str:
    """The `next` of this request when it is ours, else ""."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if is_ours(url) else ""


def with_next(path: str, url: str, **query: str) -> str:
    """`path` with `next` (and more) in its query, for a link or a redirect."""
    pairs = {**query, **({"next": url} if url else {})}
    return f"{path}?{urlencode(pairs)}" if pairs else path
