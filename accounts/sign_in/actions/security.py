"""Telling people what changed about their sign-in, and what they can do about it (SPEC 4.1)."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import User
from accounts.outbox.rendering import safe_name
from accounts.sign_in.actions import people
from accounts.sign_in.emails import Change, ChangeOrigin, security_notice


def tell(
    change: Change,
    *,
    user: User,
    detail: str = "",
    removed: str = "",
    origin: ChangeOrigin,
    now: datetime,
) -> None:
    """Tell every proven address of a person, and the one that was just `removed`; in the
    transaction of the change, so that neither happens without the other."""
    security_notice(
        change,
        user=user,
        to=proven_addresses(user),
        removed=removed,
        detail=safe_name(detail),
        origin=origin,
        now=now,
    )


def tell_of_address(change: Change, *, address: EmailAddress, origin: ChangeOrigin) -> None:
    """Tell of an address that was proven, removed or made primary. The first one of a person is
    no news to anybody."""
    others = [each for each in proven_addresses(address.user) if each != address.email]
    if others or change == Change.EMAIL_REMOVED:
        removed = address.email if change == Change.EMAIL_REMOVED else ""
        security_notice(
            change,
            user=address.user,
            to=proven_addresses(address.user),
            removed=removed,
            detail=address.email,
            origin=origin,
            now=timezone.now(),
        )


@transaction.atomic
def disown(*, user: User, now: datetime) -> None:
    """A change wasn't the person's: whoever is signed in as them is out. They tell the world by a
    link that only their mailbox has."""
    people.end_sessions(user)
    for membership in user.memberships.select_related("account"):
        audit.record(
            Event.CHANGE_DISOWNED, account=membership.account, actor=user, now=now, subject=user
        )


def proven_addresses(user: User) -> list[str]:
    """The canonical addresses whose mailbox the person has proven, the primary one first."""
    proven = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    return list(proven.order_by("-primary", "pk").values_list("email", flat=True))
