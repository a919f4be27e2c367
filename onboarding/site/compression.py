"""Pages go out compressed, unless they show a secret (docs/decisions/0022-light-pages.md).

Compression tells by the length of an answer whether a guess that came with the request stands in it
twice (BREACH). So what shows a secret goes out as it is, whatever else it repeats. On other pages
the one secret is the CSRF token, which Django masks anew each time; and each answer carries up to
100 random bytes, which Django adds to the head of the compressed text.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# What opens something, in an address: the page's forms and links repeat it.
_SECRET_PARTS: Final = {"token", "key", "uidb36", "mail_id"}
# Pages that show a secret when they are opened. What is shown after a form was sent is never
# compressed: whole keys, new tokens.
SHOWING_SECRETS: Final = {
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mailbox",
    "mailbox_mail",
    "mailbox_html",
}


class PageCompression(GZipMiddleware):
    """Compress what is a page and shows no secret."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        if not is_page or _may_show_secret(request):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


def _may_show_secret(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or request.method not in ("GET", "HEAD"):
        return True
    return match.url_name in SHOWING_SECRETS or bool(_SECRET_PARTS & match.kwargs.keys())
