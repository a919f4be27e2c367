"""Mails that need to know of all packages: the weekly digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.conf import settings

from accounts.directory.models import BusinessAccount, Membership
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.outbox.rendering import page, post, safe_name
from onboarding.overview.attention import Attention

_LINE: Final = 500


@dataclass(frozen=True)
class _AttentionLine:
    """One thing that needs a person, in the mail."""

    text: str
    button: str
    url: str


def weekly_digest(
    account: BusinessAccount, attention: Sequence[Attention], *, now: datetime
) -> int:
    """Mail what needs a person to the administrators who want it; how many mails that were."""
    lines = [
        _AttentionLine(_safe(each.text), each.button, settings.PORTAL_ORIGIN + each.url)
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
    """A line whose names neither link nor can be called; whole addresses stay readable."""
    runs = groupby(text.split(), _is_address)
    return " ".join(
        " ".join(words) if are_addresses else safe_name(" ".join(words), limit=_LINE)
        for are_addresses, words in runs
    )


def _is_address(word: str) -> bool:
    try:
        canonical_email(word.rstrip(".,:;"))
    except InvalidEmail:
        return False
    return True
