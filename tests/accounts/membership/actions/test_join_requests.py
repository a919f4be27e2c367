from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import AlreadyMember, NotAllowed, RequestEnded
from accounts.membership.actions import join_requests
from accounts.membership.actions.invitation_results import AddressOutcome
from accounts.membership.models import JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories

pytestmark = pytest.mark.django_db


def ask(account: BusinessAccount, email: str, now: datetime) -> JoinRequest:
    return join_requests.ask(
        account=account, email=email, email_display=email, name="Dora", message="Hello", now=now
    )


def test_a_request_is_mailed_to_administrators_only(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    ask(acme, "dora@winter.example", now)

    assert [mail.to for mail in OutboxMail.objects.all()] == [alice.email]


def test_asking_twice_is_one_request_and_one_mail(acme: BusinessAccount, now: datetime) -> None:
    first = ask(acme, "dora@winter.example", now)

    assert ask(acme, "dora@winter.example", now) == first
    assert OutboxMail.objects.count() == 1


def test_members_have_nothing_to_ask(acme: BusinessAccount, mia: User, now: datetime) -> None:
    with pytest.raises(AlreadyMember):
        ask(acme, mia.email, now)


def test_approving_makes_an_invitation(acme: BusinessAccount, alice: User, now: datetime) -> None:
    asked = factories.join_request(acme, "dora@winter.example", now=now)

    outcome = join_requests.approve(
        join_request=asked, role=Role.LICENSE_MANAGER, by=alice, now=now
    )

    assert outcome.result is AddressOutcome.INVITED
    invitation = acme.invitations.get()
    assert (invitation.email, invitation.role) == ("dora@winter.example", Role.LICENSE_MANAGER)
    with pytest.raises(RequestEnded):
        join_requests.decline(join_request=asked, by=alice, now=now)


def test_declining_tells_nobody(acme: BusinessAccount, alice: User, now: datetime) -> None:
    asked = factories.join_request(acme, "dora@winter.example", now=now)

    join_requests.decline(join_request=asked, by=alice, now=now)

    assert not OutboxMail.objects.exists()
    assert not acme.invitations.exists()


@pytest.mark.parametrize("actor", ["bob", "mia", "charlie"])
def test_only_administrators_answer(
    actor: str, acme: BusinessAccount, bob: User, mia: User, charlie: User, now: datetime
) -> None:
    asked = factories.join_request(acme, "dora@winter.example", now=now)
    by = {"bob": bob, "mia": mia, "charlie": charlie}[actor]

    with pytest.raises(NotAllowed):
        join_requests.approve(join_request=asked, role=Role.MEMBER, by=by, now=now)
    with pytest.raises(NotAllowed):
        join_requests.decline(join_request=asked, by=by, now=now)

    assert acme.join_requests.waiting().count() == 1
