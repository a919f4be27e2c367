"""From a name and its context to a mail in the outbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.template import Context, Engine
from django.urls import reverse

from accounts import outbox
from accounts.directory.models import BusinessAccount
from accounts.outbox.models import OutboxMail

_NAME: Final = 80
_SCHEME: Final = re.compile(r":\s*//+")
# A dot that makes `acme.com` of its neighbors; "J. R. Smith" and "Firefox 140.0" keep theirs.
_LINKING_DOT: Final = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")

# Eight digits or more, as phone numbers are written; a date has eight, too, and calls nobody.
_PHONE: Final = re.compile(r"(?!(?:19|20)\d\d-\d\d-\d\d(?!\d|-))\+?\d(?:[\s().\-/\[\]]*\d){7,}")
_IPV4: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", re.ASCII | re.IGNORECASE)


def post(
    name: str,
    *,
    to: str,
    now: datetime,
    kind: str = "",
    account: BusinessAccount | None = None,
    expires_at: datetime | None = None,
    reply_to: str = "",
    **context: Any,
) -> OutboxMail:
    context |= {
        "to": to,
        "company": safe_name(account) if account else "",
        "brand": settings.PORTAL_BRAND,
        "product": settings.PORTAL_PRODUCT,
        "support_email": settings.PORTAL_SUPPORT_EMAIL,
        "trademark": settings.PORTAL_TRADEMARK,
    }
    return outbox.post(
        kind=kind or name,
        to=to,
        subject=_render(name, "subject.txt", context),
        text=_tidy(_render(name, "body.txt", context)),
        html=_render(name, "body.html", context),
        now=now,
        expires_at=expires_at,
        account=account,
        reply_to=reply_to,
    )


def _tidy(text: str) -> str:
    """Blocks that stay empty leave no gaps: neither between paragraphs nor in the small print."""
    said, _line, small_print = text.strip().partition("\n-- \n")
    return (
        re.sub(r"\n{3,}", "\n\n", said.strip())
        + "\n\n-- \n"
        + re.sub(r"\n{2,}", "\n", small_print.strip())
        + "\n"
    )


def safe_line(text: object, *, limit: int = _NAME) -> str:
    """`text` as one bounded line that no mail program turns into a link.

    For what the vendor or the portal wrote: order numbers and networks keep their digits. What
    people write goes through `safe_name` or `safe_text`.
    """
    printable = "".join(c if c.isprintable() else " " for c in str(text))
    line = " ".join(printable.split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _LINKING_DOT.sub("[.]", _SCHEME.sub(": ", line))


def safe_name(text: object, *, limit: int = _NAME) -> str:
    """A line that a person chose, such as a name or a reason: as `safe_line`, and without a number
    to call, since whoever wrote it may be somebody who sends advertisements (SPEC 6)."""
    return _PHONE.sub("…", safe_line(text, limit=limit))


def safe_host(host: str) -> str:
    """A host with its dots, since a person must recognize it; anything else as `safe_name`."""
    is_plain = _HOST.fullmatch(host) and not host.lower().startswith("www.")
    can_be_called = _PHONE.fullmatch(host) and not _IPV4.fullmatch(host)
    return host if is_plain and not can_be_called else safe_name(host, limit=253)


def safe_text(text: str, *, keeps_numbers: bool = False) -> str:
    """`text` with its lines kept, each made safe; `keeps_numbers` for those whom the person who
    wrote it wants to be called back by."""
    safe = safe_line if keeps_numbers else safe_name
    return "\n".join(safe(line, limit=2000) for line in text.splitlines()).strip()


def page(name: str, account: BusinessAccount) -> str:
    return settings.PORTAL_ORIGIN + reverse(name, kwargs={"slug": account.slug})


def _render(name: str, part: str, context: Mapping[str, Any]) -> str:
    template = Engine.get_default().get_template(f"mail/{name}/{part}")
    return template.render(Context(dict(context), autoescape=part.endswith(".html")))
