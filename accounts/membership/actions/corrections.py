"""Fixing the address of an invitation whose mail came back, in one step."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.directory.models import User
from accounts.errors import InvitationRefused
from accounts.membership.actions import invitations
from accounts.membership.actions.invitation_results import AddressResult
from accounts.membership.models import Invitation


@transaction.atomic
def correct(*, invitation: Invitation, address: str, by: User, now: datetime) -> AddressResult:
    """Revoke the invitation and invite `address` with the same role instead.

    Raises NotAllowed, InvitationEnded, and InvitationRefused with the reason when the new address
    can't be invited: then the old invitation stays.
    """
    invitations.revoke(invitation=invitation, by=by, now=now)
    (outcome,) = invitations.send(
        account=invitation.account, addresses=[address], role=invitation.role, by=by, now=now
    )
    if not outcome.is_good:
        raise InvitationRefused(outcome.message)
    return outcome
