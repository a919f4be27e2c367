"""Pains 1 to 13 that users of other portals raised, as far as the rules decide them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import (
    BlockedMember,
    InvitationEnded,
    LimitReached,
    NotAllowed,
)
from accounts.membership.actions import invitations, members
from accounts.membership.actions.invitation_results import AddressOutcome
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories

pytestmark = pytest.mark.django_db


def send(
    account: BusinessAccount, *addresses: str, by: User, now: datetime
) -> list[AddressOutcome]:
    outcomes = invitations.send(
        account=account, addresses=addresses, role=Role.MEMBER, by=by, now=now
    )
    return [outcome.result for outcome in outcomes]


def test_good_addresses_go_out_whatever_the_others_are(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    send(acme, "old@acme.example", by=alice, now=now)

    results = send(
        acme,
        "new@acme.example",
        "nonsense",
        "Mia@ACME.example",
        "old@acme.example",
        by=alice,
        now=now,
    )

    assert results == [
        AddressOutcome.INVITED,
        AddressOutcome.INVALID,
        AddressOutcome.ALREADY_MEMBER,
        AddressOutcome.RESENT,
    ]
    assert Invitation.objects.count() == 2


def test_capitals_make_no_second_invitation(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    results = send(acme, "Eve@Acme.example", "eve@ACME.EXAMPLE", by=alice, now=now)

    assert results == [AddressOutcome.INVITED, AddressOutcome.RESENT]
    assert Invitation.objects.get().email_display == "Eve@Acme.example"


def test_sending_again_keeps_the_link_and_restarts_the_14_days(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    send(acme, "eve@acme.example", by=alice, now=now)
    before = Invitation.objects.get()
    later = now + timedelta(days=20)

    invitations.resend(invitation=before, by=alice, now=later)

    after = Invitation.objects.get()
    assert after.token == before.token
    assert after.expires_at == later + timedelta(days=14)
    assert after.mail != before.mail


def test_a_revoked_invitation_is_over(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)
    invitations.revoke(invitation=invitation, by=alice, now=now)

    with pytest.raises(InvitationEnded):
        invitations.accept(invitation=invitation, user=dora, now=now)
    with pytest.raises(InvitationEnded):
        invitations.resend(invitation=invitation, by=alice, now=now)
    with pytest.raises(InvitationEnded):
        invitations.revoke(invitation=invitation, by=alice, now=now)
    assert not acme.memberships.filter(user=dora).exists()


def test_the_mail_of_a_revoked_invitation_stays_if_it_has_not_gone_out(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    invitations.send(
        account=acme, addresses=["new@acme.example"], role=Role.MEMBER, by=alice, now=now
    )

    invitations.revoke(invitation=Invitation.objects.get(), by=alice, now=now)

    assert OutboxMail.objects.get(kind="invitation").status == "cancelled"


def test_a_removed_member_is_invited_with_a_new_link(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    old = factories.invitation(acme, dora.email, by=alice, now=now)
    dora_in_acme = invitations.accept(invitation=old, user=dora, now=now)
    members.remove(membership=dora_in_acme, by=alice, now=now)

    assert send(acme, dora.email, by=alice, now=now) == [AddressOutcome.INVITED]

    new = Invitation.objects.open().get()
    assert new.token != old.token
    with pytest.raises(InvitationEnded):
        invitations.accept(invitation=old, user=dora, now=now)


def test_a_blocked_member_is_unblocked_not_invited(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)
    factories.member(acme, dora, blocked=True)

    assert send(acme, dora.email, by=alice, now=now) == [AddressOutcome.REFUSED]
    with pytest.raises(BlockedMember):
        invitations.accept(invitation=invitation, user=dora, now=now)


def test_who_declined_is_left_alone_for_30_days(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)

    invitations.decline(invitation=invitation, now=now)

    assert OutboxMail.objects.get().to == alice.email
    assert send(acme, "eve@acme.example", by=alice, now=now + timedelta(days=29)) == [
        AddressOutcome.REFUSED
    ]
    assert send(acme, "eve@acme.example", by=alice, now=now + timedelta(days=31)) == [
        AddressOutcome.INVITED
    ]


@pytest.mark.parametrize("actor", ["bob", "mia", "charlie"])
def test_only_administrators_invite(
    actor: str,
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    by = {"bob": bob, "mia": mia, "charlie": charlie}[actor]

    with pytest.raises(NotAllowed):
        send(acme, "new@acme.example", by=by, now=now)
    with pytest.raises(NotAllowed):
        invitations.resend(invitation=invitation, by=by, now=now)
    with pytest.raises(NotAllowed):
        invitations.revoke(invitation=invitation, by=by, now=now)

    assert not OutboxMail.objects.exists()
    assert not AuditEvent.objects.exists()


def test_an_account_sends_100_invitations_a_day(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    addresses = [f"new{number}@acme.example" for number in range(101)]

    results = send(acme, *addresses, by=alice, now=now)

    assert results.count(AddressOutcome.INVITED) == 100
    assert results[-1] is AddressOutcome.REFUSED
    tomorrow = now + timedelta(days=1, seconds=1)
    assert send(acme, addresses[-1], by=alice, now=tomorrow) == [AddressOutcome.INVITED]


def test_a_recipient_gets_5_invitations_a_day_over_all_accounts(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    for _time in range(4):
        send(globex, "eve@acme.example", by=charlie, now=now)
    assert send(acme, "eve@acme.example", by=alice, now=now) == [AddressOutcome.INVITED]

    assert send(acme, "eve@acme.example", by=alice, now=now) == [AddressOutcome.REFUSED]
    with pytest.raises(LimitReached):
        invitations.resend(invitation=acme.invitations.get(), by=alice, now=now)
