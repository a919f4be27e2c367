"""Mails that need to know of all packages: the weekly digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.directory.models import BusinessAccount, Membership
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.outbox.rendering import page, post, safe_line
from onboarding.overview.attention import Attention


@dataclass(frozen=True)
class _Line:
    """One thing that needs a person, in the mail."""

    text: str
    button: str
    url: str


def weekly_digest(
    account: BusinessAccount, attention: Sequence[Attention], *, now: datetime
) -> int:
    """Mail what needs a person to the administrators who want it; how many mails that were."""
    lines = [
        _Line(_safe(each.text), each.button, settings.PORTAL_ORIGIN + each.url)
        for each in attention
    ]
    wanted = Membership.objects.wanting_reminders().filter(account=account).order_by("pk")
    addresses = wanted.values_list("user__email", flat=True)
    for address in addresses:
        post(
            "weekly_digest",
            to=address,
            now=now,
            account=account,
            url=page("account_overview", account),
            choice_url=page("mail_choice", account),
            lines=lines,
            count=len(lines),
        )
    return len(addresses)


def _safe(text: str) -> str:
    """A line whose names no mail program turns into links; whole addresses stay readable."""
    return " ".join(_words(text))


def _words(text: str) -> Iterator[str]:
    for word in text.split():
        try:
            canonical_email(word.rstrip(".,:;"))
        except InvalidEmail:
            yield safe_line(word)
        else:
            yield word
