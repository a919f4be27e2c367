"""Every mail the embedded portal sent; the pages don't exist once a real mail backend is set."""

from __future__ import annotations

import re
from typing import Final

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.embedded import mailbox as letters

_LINK: Final = re.compile(r"(https?://[^\s<>\"]+)")
_MAX_ADDRESS: Final = 254


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails, newest first; `?to=` shows one address only, `?before=` what came earlier."""
    to = request.GET.get("to", "").strip()[:_MAX_ADDRESS]
    page = letters.newest(to=to, before=request.GET.get("before", ""))
    return render(request, "mailbox/list.html", {"page": page, "to": to})


@login_not_required
@require_safe
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One mail as text, its addresses as links."""
    found = _mail(mail_id)
    paragraphs = [
        [_pieces(line) for line in paragraph.splitlines()]
        for paragraph in re.split(r"\n{2,}", found.text.strip())
    ]
    return render(request, "mailbox/mail.html", {"mail": found, "paragraphs": paragraphs})


@login_not_required
@require_safe
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [NONE],
        "script-src": [NONE],
        "font-src": [NONE],
        "connect-src": [NONE],
        "form-action": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # An origin of its own: nothing inside a mail can act as the portal.
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The mail as a mail program would show it, in a sandbox: only its inline styles work."""
    found = _mail(mail_id)
    if not found.html:
        raise Http404
    return HttpResponse(found.html)


def _mail(mail_id: str) -> letters.Mail:
    found = letters.read(mail_id)
    if found is None:
        raise Http404
    return found


def _pieces(line: str) -> list[tuple[str, bool]]:
    """The line in pieces, each with whether it is a web address."""
    return [(piece, bool(_LINK.fullmatch(piece))) for piece in _LINK.split(line) if piece]
