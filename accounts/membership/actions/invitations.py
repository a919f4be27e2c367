"""Inviting people, and what they do with it (SPEC 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import (
    BlockedMember,
    InvitationEnded,
    InvitationSuspended,
    LimitReached,
    NotAllowed,
    WrongAddress,
)
from accounts.identity import typos
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.membership import emails
from accounts.membership.actions.authority import acting, lock, lock_account_of
from accounts.membership.actions.invitation_quota import InvitationQuota
from accounts.membership.actions.invitation_results import AddressOutcome, AddressResult
from accounts.membership.models import Invitation
from accounts.membership.models.invitation import VALID_FOR
from accounts.permissions import Permission, may_grant

REINVITE_AFTER: Final = timedelta(days=30)


@transaction.atomic
def send(
    *,
    account: BusinessAccount,
    addresses: Iterable[str],
    role: str,
    by: User,
    now: datetime,
    as_typed: bool = True,
) -> list[AddressResult]:
    """Invite each address; valid ones go out even if others are refused.

    An address with an open invitation gets it again, for 14 more days. Unless `as_typed`, an
    address that looks mistyped isn't invited but pointed out. Raises NotAllowed.
    """
    account = lock(account)
    actor = acting(account, by, Permission.MEMBERS_MANAGE)
    if not may_grant(actor.role, role):
        raise NotAllowed
    quota = InvitationQuota(account=account, by=by, now=now)
    outcomes = []
    for address in addresses:
        doubt = None if as_typed else _doubt(address, by)
        outcomes.append(doubt or _send_one(account, address, role, by, quota, now))
    return outcomes


@transaction.atomic
def resend(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Mail the same link again and restart the 14 days; `by` becomes the inviter.

    Raises NotAllowed, InvitationEnded, LimitReached.
    """
    account = lock_account_of(invitation)
    actor = acting(account, by, Permission.MEMBERS_MANAGE)
    current = Invitation.objects.open().filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationEnded
    if not may_grant(actor.role, current.role):
        raise NotAllowed
    quota = InvitationQuota(account=account, by=by, now=now)
    if refusal := quota.refusal(current.email):
        raise LimitReached(refusal)
    _mail_again(current, role=current.role, by=by, now=now)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Take an open invitation back; its link is dead, and its mail stays if it hasn't gone out.

    Raises NotAllowed, InvitationEnded.
    """
    account = lock_account_of(invitation)
    acting(account, by, Permission.MEMBERS_MANAGE)
    if not Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=now):
        raise InvitationEnded
    invitation.refresh_from_db()
    if invitation.mail is not None:
        outbox.cancel(mail=invitation.mail)
    audit.record(Event.INVITATION_REVOKED, account=account, actor=by, now=now, subject=invitation)


@transaction.atomic
def accept(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """Make `user` a member; at most once, and only with a proven invited address.

    Opening an accepted invitation again gives its membership. Raises WrongAddress,
    InvitationEnded, InvitationSuspended, BlockedMember.
    """
    account = lock_account_of(invitation)
    current = Invitation.objects.select_related("invited_by").get(pk=invitation.pk)
    if not has_proven(user, current.email):
        raise WrongAddress
    member = Membership.objects.filter(account=account, user=user).first()
    if member and member.blocked_at:
        raise BlockedMember(_("Your access to this account is blocked. Ask an administrator."))
    if member and current.accepted_by_id == user.pk:
        return member
    if not current.is_open or current.has_expired(now):
        raise InvitationEnded
    if is_suspended(current):
        raise InvitationSuspended
    if member is None:
        member = Membership.objects.create(
            account=account, user=user, role=current.role, created_at=now
        )
        audit.record(
            Event.MEMBER_JOINED,
            account=account,
            actor=user,
            now=now,
            subject=user,
            role=member.role,
        )
        if current.invited_by:
            emails.member_joined(member, inviter=current.invited_by, now=now)
    current.accepted_at, current.accepted_by = now, user
    current.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(Event.INVITATION_ACCEPTED, account=account, actor=user, now=now, subject=current)
    return member


@transaction.atomic
def decline(*, invitation: Invitation, now: datetime) -> None:
    """Say no; the inviter is told. The link itself is the proof. Raises InvitationEnded."""
    account = lock_account_of(invitation)
    current = Invitation.objects.pending(now).filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationEnded
    current.declined_at = now
    current.save(update_fields=["declined_at"])
    audit.record(Event.INVITATION_DECLINED, account=account, actor=None, now=now, subject=current)
    emails.invitation_declined(current, now=now)


def has_proven(user: User, email: str) -> bool:
    """True when `user` has proven the mailbox of the canonical address `email`."""
    return bool(EmailAddress.objects.filter(user=user, email=email, verified=True).exists())


def is_suspended(invitation: Invitation) -> bool:
    """True when the inviter may no longer grant what the invitation promises (SPEC 4.1)."""
    inviter = Membership.objects.active().filter(
        account=invitation.account_id, user=invitation.invited_by_id
    )
    return not invitation.inviter_may_grant(inviter.values_list("role", flat=True).first())


def _doubt(address: str, by: User) -> AddressResult | None:
    """What to ask before a mail goes to `address`; None when it looks right."""
    try:
        meant = typos.suggestion(canonical_email(address), known=[by.email_domain])
    except InvalidEmail:
        return None
    if not meant:
        return None
    return AddressResult(
        address, AddressOutcome.SUSPICIOUS, _("Did you mean %(email)s?") % {"email": meant}
    )


def _send_one(
    account: BusinessAccount,
    address: str,
    role: str,
    by: User,
    quota: InvitationQuota,
    now: datetime,
) -> AddressResult:
    try:
        email = canonical_email(address)
    except InvalidEmail as error:
        return AddressResult(address[:254], AddressOutcome.INVALID, str(error))
    if member := account.memberships.with_address(email).first():
        if member.blocked_at:
            return AddressResult(address, AddressOutcome.REFUSED, str(BlockedMember()))
        return AddressResult(address, AddressOutcome.ALREADY_MEMBER, _("Already a member."))
    earlier = account.invitations.filter(email=email)
    declined = earlier.filter(declined_at__gt=now - REINVITE_AFTER)
    if declined.exists() and not earlier.open().exists():
        return AddressResult(
            address,
            AddressOutcome.REFUSED,
            _("Declined in the last 30 days. Ask the person first."),
        )
    if refusal := quota.refusal(email):
        return AddressResult(address, AddressOutcome.REFUSED, refusal)
    quota.use(email)
    if current := earlier.open().first():
        _mail_again(current, role=role, by=by, now=now)
        return AddressResult(
            address, AddressOutcome.RESENT, _("Already invited. We're sending the email again.")
        )
    _invite(account=account, email=email, display=address, role=role, by=by, now=now)
    return AddressResult(address, AddressOutcome.INVITED, _("Invited."))


def _invite(
    *, account: BusinessAccount, email: str, display: str, role: str, by: User, now: datetime
) -> None:
    invitation = Invitation.objects.create(
        account=account,
        email=email,
        email_display=display.strip(),
        role=role,
        invited_by=by,
        created_at=now,
        sent_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.mail = emails.invitation(invitation, now=now)
    invitation.save(update_fields=["mail"])
    audit.record(
        Event.INVITATION_SENT, account=account, actor=by, now=now, subject=invitation, role=role
    )


def _mail_again(invitation: Invitation, *, role: str, by: User, now: datetime) -> None:
    invitation.role, invitation.invited_by = role, by
    invitation.restart_validity(now)
    invitation.mail = emails.invitation(invitation, now=now)
    invitation.save(
        update_fields=["role", "invited_by", "sent_at", "expires_at", "reminded_at", "mail"]
    )
    audit.record(
        Event.INVITATION_RESENT,
        account=invitation.account,
        actor=by,
        now=now,
        subject=invitation,
        role=role,
    )
