"""Changing who belongs to a business account, and as what.

Each action locks the account, so that two administrators who demote each other leave one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import Membership, User
from accounts.directory.models.membership import copied
from accounts.errors import LastAdministrator, NotAllowed
from accounts.membership import emails
from accounts.membership.actions.authority import acting, lock_account_of
from accounts.permissions import Permission, Role, may_grant

_AT_ONCE: Final = 1000


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User, now: datetime) -> None:
    """Give a member another role. Raises NotAllowed, LastAdministrator."""
    member, actor = _locked(membership, by)
    if not may_grant(actor.role, role) or not may_grant(actor.role, member.role):
        raise NotAllowed
    if member.role == role:
        return
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    _record(Event.MEMBER_ROLE_CHANGED, member, by, now, before=before, after=role)
    emails.role_changed(member, by=by, now=now)


@transaction.atomic
def block(*, membership: Membership, by: User, now: datetime) -> None:
    """Keep a member out until unblocked. Raises NotAllowed, LastAdministrator."""
    member, _ = _locked(membership, by)
    if member.blocked_at:
        return
    _keep_an_administrator(member)
    member.blocked_at = now
    member.save(update_fields=["blocked_at"])
    _record(Event.MEMBER_BLOCKED, member, by, now)
    emails.member_blocked(member, by=by, now=now)


@transaction.atomic
def unblock(*, membership: Membership, by: User, now: datetime) -> None:
    """Let a blocked member in again. Raises NotAllowed."""
    member, _ = _locked(membership, by)
    if member.blocked_at is None:
        return
    member.blocked_at = None
    member.save(update_fields=["blocked_at"])
    _record(Event.MEMBER_UNBLOCKED, member, by, now)
    emails.member_unblocked(member, by=by, now=now)


@transaction.atomic
def remove(*, membership: Membership, by: User, now: datetime) -> None:
    """End a membership; the person may be invited again. Raises NotAllowed, LastAdministrator."""
    member, _ = _locked(membership, by)
    _keep_an_administrator(member)
    member.delete()
    _record(Event.MEMBER_REMOVED, member, by, now, role=member.role)
    emails.member_removed(account=member.account, user=member.user, by=by, now=now)


@transaction.atomic
def leave(*, membership: Membership, now: datetime) -> None:
    """End one's own membership. Raises LastAdministrator."""
    lock_account_of(membership)
    member = _reread(membership)
    _keep_an_administrator(member)
    member.delete()
    _record(Event.MEMBER_LEFT, member, member.user, now, role=member.role)


@transaction.atomic
def choose_mails(*, membership: Membership, wants_reminders: bool) -> None:
    """Say whether one wants mails that only remind; one's own affair, not audited."""
    Membership.objects.filter(pk=membership.pk).update(wants_reminders=wants_reminders)


def _locked(membership: Membership, by: User) -> tuple[Membership, Membership]:
    account = lock_account_of(membership)
    actor = acting(account, by, Permission.MEMBERS_MANAGE)
    return _reread(membership), actor


def _reread(membership: Membership) -> Membership:
    found = Membership.objects.select_related("account", "user").filter(pk=membership.pk).first()
    if found is None:
        raise NotAllowed
    return found


def _keep_an_administrator(member: Membership) -> None:
    """Refuse when `member` is the last active administrator (SPEC 4.1)."""
    if member.is_last_administrator():
        raise LastAdministrator


def _record(event: Event, member: Membership, by: User, now: datetime, **details: str) -> None:
    audit.record(event, account=member.account, actor=by, now=now, subject=member.user, **details)


def fill_in_copies() -> int:
    """Fill in what memberships copy of their person where an earlier release, that doesn't know
    these columns, wrote the row; how many there were, a thousand at most."""
    empty = Membership.objects.filter(listed_as="").order_by("pk").select_related("user")
    found = list(empty[:_AT_ONCE])
    for membership in found:
        copies = copied(membership.user.name, membership.user.email)
        Membership.objects.filter(pk=membership.pk, listed_as="").update(**copies)
    return len(found)
