"""Carrying a request to join to administrators whom the requester never sees (SPEC A13)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.directory.models import BusinessAccount
from accounts.errors import AlreadyMember
from accounts.membership.actions import join_requests

_MAX_ACCOUNTS_ASKED: Final = 5


@transaction.atomic
def forward_request(
    *, colleague: str, email: str, email_display: str, name: str, message: str, now: datetime
) -> int:
    """Ask the administrators of each account that the address `colleague` belongs to.

    `email` is the proven address of the one who asks. Returns how many accounts got the request,
    which isn't for showing: who asks must not learn whether the address is known. Whoever was
    disabled since asking has nothing carried.
    """
    if EmailAddress.objects.filter(email=email, verified=True, user__is_active=False).exists():
        return 0
    carried = 0
    for account in _accounts_of(colleague):
        try:
            join_requests.ask(
                account=account,
                email=email,
                email_display=email_display,
                name=name,
                message=message,
                now=now,
            )
        except AlreadyMember:
            continue
        carried += 1
    return carried


def _accounts_of(address: str) -> list[BusinessAccount]:
    """Accounts with a member of this proven address, or opened for it by an invitation."""
    member = Q(
        memberships__blocked_at=None,
        memberships__user__is_active=True,
        memberships__user__emailaddress__email=address,
        memberships__user__emailaddress__verified=True,
    )
    invited = Q(
        invitations__email=address,
        invitations__revoked_at=None,
        invitations__declined_at=None,
    )
    ids = BusinessAccount.objects.filter(member | invited).values("pk").distinct()
    return list(BusinessAccount.objects.filter(pk__in=ids).order_by("pk")[:_MAX_ACCOUNTS_ASKED])
