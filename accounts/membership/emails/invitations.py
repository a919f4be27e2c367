from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.directory.models import Membership, User
from accounts.membership.models import Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.outbox.rendering import page, post, safe_name, safe_text
from accounts.permissions import Role


def invitation(invitation: Invitation, *, now: datetime) -> OutboxMail:
    """Someone may join: invited by a person, or by the vendor (SPEC A12)."""
    inviter = invitation.invited_by
    return post(
        "invitation" if inviter else "account_ready",
        kind="invitation",
        to=invitation.email,
        now=now,
        account=invitation.account,
        url=settings.PORTAL_ORIGIN + invitation.get_absolute_url(),
        inviter=safe_name(inviter) if inviter else "",
        inviter_email=inviter.email_display if inviter else "",
        role=invitation.get_role_display(),
        allows=Role(invitation.role).allows,
        until=invitation.expires_at,
    )


def invitation_ends(invitation: Invitation, *, now: datetime) -> OutboxMail:
    """Remind of an invitation that ends soon: the same link."""
    inviter = invitation.invited_by
    return post(
        "invitation_ends",
        to=invitation.email,
        now=now,
        account=invitation.account,
        expires_at=invitation.expires_at,
        url=settings.PORTAL_ORIGIN + invitation.get_absolute_url(),
        inviter=safe_name(inviter) if inviter else "",
        until=invitation.expires_at,
    )


def invitation_declined(invitation: Invitation, *, now: datetime) -> OutboxMail | None:
    """Tell the inviter, as long as the account is still the inviter's business."""
    inviter = invitation.invited_by
    if inviter is None or not _belongs(inviter, invitation):
        return None
    return post(
        "invitation_declined",
        to=inviter.email,
        now=now,
        account=invitation.account,
        url=page("member_list", invitation.account),
        invited_email=invitation.email_display,
    )


def join_requested(join_request: JoinRequest, *, now: datetime) -> list[OutboxMail]:
    """Ask every active administrator to let a person in (SPEC A13)."""
    account = join_request.account
    administrators = Membership.objects.active().administrators().filter(account=account)
    return [
        post(
            "join_requested",
            to=membership.user.email,
            now=now,
            account=account,
            url=page("member_list", account),
            person=safe_name(join_request.name),
            person_email=join_request.email_display,
            message=safe_text(join_request.message),
        )
        for membership in administrators.select_related("user").order_by("pk")
    ]


def _belongs(inviter: User, invitation: Invitation) -> bool:
    return Membership.objects.active().filter(account=invitation.account, user=inviter).exists()
