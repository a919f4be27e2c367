"""Whatever is done to one person, invitation, request or mail, those beside it stay as they were:
in the same account and in another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts import outbox
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import claims, invitations, join_requests, members, staff
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from accounts.sign_in.actions import people
from tests import factories
from tests.stored_rows import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
MODELS: Final = (
    User,
    EmailAddress,
    Membership,
    Invitation,
    JoinRequest,
    Claim,
    OutboxMail,
    UserSession,
    Session,
)


@dataclass
class Surroundings:
    """A guest with an invitation and a request, a member with a session, and a waiting mail."""

    account: BusinessAccount
    admin: User
    sam: User
    now: datetime
    name: str

    def __post_init__(self) -> None:
        now = self.now
        self.guest = factories.person(f"guest@{self.name}.example")
        self.member = factories.member(
            self.account, factories.person(f"member@{self.name}.example"), now=now
        )
        self.out = factories.member(
            self.account, factories.person(f"out@{self.name}.example"), blocked=True, now=now
        )
        self.disabled = factories.person(f"disabled@{self.name}.example")
        User.objects.filter(pk=self.disabled.pk).update(is_active=False)
        self.invitation = factories.invitation(
            self.account, self.guest.email, by=self.admin, now=now
        )
        self.join_request = factories.join_request(
            self.account, f"dora@{self.name}.example", now=now
        )
        self.mail = OutboxMail.objects.create(
            kind="notice",
            to=f"dora@{self.name}.example",
            subject="Hello",
            created_at=now,
            next_attempt_at=now + timedelta(hours=1),
            expires_at=now + timedelta(days=2),
            message_id=self.name,
        )
        self.session = UserSession.objects.create(
            user=self.member.user, session_key=self.name, ip="192.0.2.7", user_agent="Firefox"
        )
        Session.objects.create(
            session_key=self.name, session_data="", expire_date=now + timedelta(days=1)
        )

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.admin, "now": self.now}

    @property
    def staff(self) -> dict[str, Any]:
        return {"by": self.sam, "now": self.now}

    def reported(self, *, bounced: bool, public_id: str) -> int:
        return outbox.record_event(
            public_id=public_id,
            message_id=self.name,
            bounced=bounced,
            reason="Full",
            at=self.now,
        )


Act = Callable[[Surroundings], object]
ACTS: dict[str, Act] = {
    "invite again": lambda own: invitations.send(
        account=own.account, addresses=[own.guest.email], role=Role.MEMBER, **own.who
    ),
    "mail an invitation again": lambda own: invitations.resend(
        invitation=own.invitation, **own.who
    ),
    "take an invitation back": lambda own: invitations.revoke(invitation=own.invitation, **own.who),
    "accept an invitation": lambda own: invitations.accept(
        invitation=own.invitation, user=own.guest, now=own.now
    ),
    "decline an invitation": lambda own: invitations.decline(
        invitation=own.invitation, now=own.now
    ),
    "approve who asks to join": lambda own: join_requests.approve(
        join_request=own.join_request, role=Role.MEMBER, **own.who
    ),
    "turn down who asks to join": lambda own: join_requests.decline(
        join_request=own.join_request, **own.who
    ),
    "change a role": lambda own: members.change_role(
        membership=own.member, role=Role.LICENSE_MANAGER, **own.who
    ),
    "block a member": lambda own: members.block(membership=own.member, **own.who),
    "unblock a member": lambda own: members.unblock(membership=own.out, **own.who),
    "remove a member": lambda own: members.remove(membership=own.member, **own.who),
    "leave": lambda own: members.leave(membership=own.member, now=own.now),
    "choose mails": lambda own: members.choose_mails(membership=own.member, wants_reminders=False),
    "mail an invitation again for support": lambda own: staff.resend_invitation(
        invitation=own.invitation, **own.staff
    ),
    "try a mail now": lambda own: staff.try_mail_now(mail=own.mail, **own.staff),
    "cancel a mail": lambda own: staff.cancel_mail(mail=own.mail, **own.staff),
    "note a bounce": lambda own: own.reported(bounced=True, public_id=str(own.mail.public_id)),
    "note an arrival": lambda own: own.reported(bounced=False, public_id=""),
    "disable a person": lambda own: staff.disable(user=own.member.user, **own.staff),
    "enable a person": lambda own: staff.enable(user=own.disabled, **own.staff),
    "sign a person out everywhere": lambda own: people.end_sessions(own.member.user),
    "sign a person out at one place": lambda own: people.end_session(own.session),
    "follow a session": lambda own: people.follow_session(own.name, "another"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_who_and_what_stands_beside_stays(
    act: Act,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    sam: User,
    now: datetime,
) -> None:
    Surroundings(acme, alice, sam, now, "beside")
    Surroundings(globex, charlie, sam, now, "globex")
    before = rows_of(MODELS)
    own = Surroundings(acme, alice, sam, now, "own")
    of_own = rows_of(MODELS)

    act(own)

    after = rows_of(MODELS)
    assert {place: row for place, row in after.items() if place in before} == before
    assert after != of_own, "it did something"


def test_an_objection_ends_the_claim_of_this_account_only(
    acme: BusinessAccount, globex: BusinessAccount, dora: User, mia: User, now: datetime
) -> None:
    ours, theirs = (
        claims.make(account=account, by=dora, reason="Nobody is left.", now=now)
        for account in (acme, globex)
    )

    claims.object_to(claim=ours, by=mia, now=now)

    assert list(Claim.objects.open()) == [theirs]
