"""Accepting an invitation: who may, until when, and what becomes of others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import (
    InvitationEnded,
    InvitationSuspended,
    WrongAddress,
)
from accounts.membership.actions import invitations, members
from accounts.permissions import Role
from tests import factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db


def test_only_who_has_proven_the_invited_address_can_accept(
    acme: BusinessAccount, alice: User, dora: User, charlie: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)

    with pytest.raises(WrongAddress):
        invitations.accept(invitation=invitation, user=charlie, now=now)
    invitation.refresh_from_db()
    assert invitation.is_open

    assert invitations.accept(invitation=invitation, user=dora, now=now).role == Role.MEMBER


def test_accepting_again_gives_the_same_membership(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)

    first = invitations.accept(invitation=invitation, user=dora, now=now)
    again = invitations.accept(invitation=invitation, user=dora, now=now + timedelta(days=99))

    assert again == first


def test_an_invitation_ends_after_14_days(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)
    last_moment = invitation.expires_at - timedelta(seconds=1)

    with pytest.raises(InvitationEnded):
        invitations.accept(invitation=invitation, user=dora, now=invitation.expires_at)
    invitations.accept(invitation=invitation, user=dora, now=last_moment)

    assert acme.memberships.filter(user=dora).exists()


@pytest.mark.parametrize("what", ["demoted", "blocked", "removed", "left"])
def test_an_invitation_is_suspended_when_its_inviter_may_no_longer_grant_it(
    what: str, acme: BusinessAccount, alice: User, bob: User, dora: User, now: datetime
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMINISTRATOR)
    invitation = factories.invitation(acme, dora.email, by=bob, now=now)
    bobs = membership_of(bob, acme)
    if what == "demoted":
        members.change_role(membership=bobs, role=Role.MEMBER, by=alice, now=now)
    elif what == "blocked":
        members.block(membership=bobs, by=alice, now=now)
    elif what == "removed":
        members.remove(membership=bobs, by=alice, now=now)
    else:
        members.leave(membership=bobs, now=now)

    with pytest.raises(InvitationSuspended):
        invitations.accept(invitation=invitation, user=dora, now=now)
    invitations.resend(invitation=invitation, by=alice, now=now)

    invitations.accept(invitation=invitation, user=dora, now=now)

    assert acme.memberships.filter(user=dora).exists()


def test_accepting_one_leaves_the_invitations_of_others_open(
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    dora: User,
    now: datetime,
) -> None:
    ours = factories.invitation(acme, dora.email, by=alice, now=now)
    theirs = factories.invitation(globex, dora.email, by=charlie, now=now)

    invitations.accept(invitation=ours, user=dora, now=now)

    assert invitations.accept(invitation=theirs, user=dora, now=now).account == globex
