"""People act at the same moment: the locks decide, and nobody sees a crash."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import InvitationEnded, LastAdministrator, NotAllowed, RequestEnded
from accounts.membership.actions import accounts, invitations, join_requests, members
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.personas import membership_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def test_two_administrators_who_demote_each_other_leave_one(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    hers = factories.member(acme, dora, Role.ADMINISTRATOR)
    alices = membership_of(alice, acme)
    for _round in range(ROUNDS):
        Membership.objects.filter(account=acme).update(role=Role.ADMINISTRATOR)
        demote = partial(members.change_role, role=Role.MEMBER, now=now)

        outcomes = run_concurrently(
            partial(demote, membership=hers, by=alice), partial(demote, membership=alices, by=dora)
        )

        assert acme.memberships.administrators().count() == 1
        assert [type(error) for error in refusals(outcomes)] == [NotAllowed]


def test_two_administrators_who_leave_at_once_leave_one(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for number in range(ROUNDS):
        first = acme.memberships.get()
        second = factories.member(
            acme, factories.person(f"second{number}@acme.example"), Role.ADMINISTRATOR
        )

        outcomes = run_concurrently(
            partial(members.leave, membership=first, now=now),
            partial(members.leave, membership=second, now=now),
        )

        assert acme.memberships.administrators().count() == 1
        assert [type(error) for error in refusals(outcomes)] == [LastAdministrator]


def test_two_acceptances_make_one_membership(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    for _round in range(ROUNDS):
        invitation = factories.invitation(acme, dora.email, by=alice, now=now)
        accept = partial(invitations.accept, invitation=invitation, user=dora, now=now)

        outcomes = run_concurrently(accept, accept)

        assert refusals(outcomes) == []
        assert acme.memberships.filter(user=dora).count() == 1
        acme.memberships.filter(user=dora).delete()


def test_accepting_against_revoking_has_one_winner(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    for _round in range(ROUNDS):
        invitation = factories.invitation(acme, dora.email, by=alice, now=now)

        outcomes = run_concurrently(
            partial(invitations.accept, invitation=invitation, user=dora, now=now),
            partial(invitations.revoke, invitation=invitation, by=alice, now=now),
        )

        invitation.refresh_from_db()
        joined = acme.memberships.filter(user=dora).exists()
        assert joined is (invitation.accepted_at is not None)
        assert joined is (invitation.revoked_at is None)
        assert [type(error) for error in refusals(outcomes)] == [InvitationEnded]
        acme.memberships.filter(user=dora).delete()


def test_inviting_the_same_people_at_once_leaves_one_open_invitation_each(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMINISTRATOR)
    addresses = [f"new{number}@acme.example" for number in range(5)]
    send = partial(invitations.send, account=acme, addresses=addresses, role=Role.MEMBER, now=now)

    outcomes = run_concurrently(partial(send, by=alice), partial(send, by=bob))

    assert refusals(outcomes) == []
    assert sorted(Invitation.objects.open().values_list("email", flat=True)) == addresses


def test_one_request_is_answered_once(acme: BusinessAccount, alice: User, now: datetime) -> None:
    for number in range(ROUNDS):
        asked = factories.join_request(acme, f"dora{number}@winter.example", now=now)

        outcomes = run_concurrently(
            partial(join_requests.approve, join_request=asked, role=Role.MEMBER, by=alice, now=now),
            partial(join_requests.decline, join_request=asked, by=alice, now=now),
        )

        assert [type(error) for error in refusals(outcomes)] == [RequestEnded]
        asked = JoinRequest.objects.get(pk=asked.pk)
        assert (asked.approved_at is None) is not (asked.declined_at is None)


def test_a_double_click_on_create_makes_one_account(dora: User, now: datetime) -> None:
    create = partial(accounts.create, name="Winter Works", by=dora, now=now)

    outcomes = run_concurrently(create, create)

    assert refusals(outcomes) == []
    assert BusinessAccount.objects.filter(name="Winter Works").count() == 1
