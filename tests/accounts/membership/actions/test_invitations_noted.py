"""What an invitation leaves behind: fourteen days, and a line for each thing that happened."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import invitations
from accounts.permissions import Role

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_dora_is_invited_for_fourteen_days_again_and_joins_and_each_step_is_noted(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    later = now + timedelta(days=3)
    invitations.send(account=acme, addresses=[dora.email], role=Role.MEMBER, by=alice, now=now)
    invitation = acme.invitations.get()
    first_end = invitation.expires_at
    invitations.resend(invitation=invitation, by=alice, now=later)
    invitation.refresh_from_db()
    invitations.accept(invitation=invitation, user=dora, now=later)

    assert (first_end, invitation.expires_at) == (
        now + timedelta(days=14),
        later + timedelta(days=14),
    )
    assert list(acme.events.order_by("pk").values_list("event", "actor")) == [
        (Event.INVITATION_SENT, alice.pk),
        (Event.INVITATION_RESENT, alice.pk),
        (Event.MEMBER_JOINED, dora.pk),
        (Event.INVITATION_ACCEPTED, dora.pk),
    ]
