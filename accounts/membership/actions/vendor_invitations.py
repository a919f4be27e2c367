"""Invitations in the vendor's name: the first person in an account that the vendor opened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount
from accounts.errors import InvitationEnded, LimitReached
from accounts.membership import emails
from accounts.membership.actions.authority import lock
from accounts.membership.actions.invitation_quota import InvitationQuota
from accounts.membership.models import Invitation
from accounts.permissions import Role


@transaction.atomic
def invite_again(
    *, account: BusinessAccount, email: str, display: str, now: datetime
) -> Invitation:
    """Mail the buyer at `email` an invitation to administer, for 14 days from now (SPEC A12).

    An open one is sent again, whoever sent it first. A new one is made only while nobody
    administers the account: whom an administrator has removed must not come back by buying.
    Raises InvitationEnded when somebody does, LimitReached.
    """
    account = lock(account)
    quota = InvitationQuota(account=account, by=None, now=now)
    if refusal := quota.refusal(email):
        raise LimitReached(refusal)
    invitation = account.invitations.open().filter(email=email).first()
    if invitation is None:
        if account.memberships.active().administrators().exists():
            raise InvitationEnded
        invitation = Invitation(
            account=account,
            email=email,
            email_display=display,
            role=Role.ADMINISTRATOR,
            created_at=now,
        )
    event = Event.INVITATION_RESENT if invitation.pk else Event.INVITATION_SENT
    invitation.restart_validity(now)
    invitation.save()
    invitation.mail = emails.invitation(invitation, now=now)
    invitation.save(update_fields=["mail"])
    audit.record(
        event, account=account, actor=None, now=now, subject=invitation, role=invitation.role
    )
    return invitation
