from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from accounts.membership.models import Claim
from accounts.outbox.rendering import page, post, safe_name, safe_text


def claim_made(claim: Claim, *, to: Iterable[str], now: datetime) -> None:
    """Tell who could object that somebody wants to administer the account, and until when."""
    for address in to:
        post(
            "claim_made",
            to=address,
            now=now,
            account=claim.account,
            url=settings.PORTAL_ORIGIN + claim.get_absolute_url(),
            person=safe_name(claim.user),
            person_email=claim.user.email_display,
            reason=safe_text(claim.reason),
            until=claim.object_until,
        )


def claim_objected(claim: Claim, *, now: datetime) -> None:
    """Tell the claimant that the account has somebody."""
    post(
        "claim_objected",
        to=claim.user.email,
        now=now,
        account=claim.account,
        url=f"{settings.PORTAL_ORIGIN}/start/ask/",
    )


def claim_decided(claim: Claim, *, granted: bool, to: Iterable[str], now: datetime) -> None:
    """Tell everybody concerned how it ended."""
    for address in dict.fromkeys(to):
        post(
            "claim_decided",
            to=address,
            now=now,
            account=claim.account,
            url=page("member_list", claim.account) if granted else "",
            granted=granted,
            person=safe_name(claim.user),
            person_email=claim.user.email_display,
            is_claimant=address == claim.user.email,
        )
