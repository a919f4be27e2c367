from __future__ import annotations

from datetime import datetime

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.outbox.models import OutboxMail
from accounts.outbox.rendering import page, post, safe_name
from accounts.permissions import Role


def member_joined(membership: Membership, *, inviter: User, now: datetime) -> OutboxMail:
    """Tell the inviter that the invitation was accepted."""
    return post(
        "member_joined",
        to=inviter.email,
        now=now,
        account=membership.account,
        url=page("member_list", membership.account),
        person=safe_name(membership.user),
        person_email=membership.user.email_display,
        role=membership.get_role_display(),
    )


def role_changed(membership: Membership, *, by: User, now: datetime) -> OutboxMail:
    """Tell a member about the new role and what it allows."""
    return post(
        "role_changed",
        to=membership.user.email,
        now=now,
        account=membership.account,
        url=page("account_overview", membership.account),
        by=safe_name(by),
        role=membership.get_role_display(),
        allows=Role(membership.role).allows,
    )


def member_blocked(membership: Membership, *, by: User, now: datetime) -> OutboxMail:
    """Tell a member that the account is closed to them for now."""
    return post(
        "member_blocked",
        to=membership.user.email,
        now=now,
        account=membership.account,
        by=safe_name(by),
        by_email=by.email_display,
    )


def member_unblocked(membership: Membership, *, by: User, now: datetime) -> OutboxMail:
    """Tell a member that the account is open to them again."""
    return post(
        "member_unblocked",
        to=membership.user.email,
        now=now,
        account=membership.account,
        url=page("account_overview", membership.account),
        by=safe_name(by),
    )


def member_removed(*, account: BusinessAccount, user: User, by: User, now: datetime) -> OutboxMail:
    """Tell a person that they no longer belong to the account."""
    return post(
        "member_removed",
        to=user.email,
        now=now,
        account=account,
        by=safe_name(by),
        by_email=by.email_display,
    )
