"""People of the demonstration: in every role, with an invitation in every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import invitations, join_requests, members
from accounts.membership.models import Invitation
from accounts.permissions import Role
from onboarding.management.demo.story import Act, Stage

# Address, name, role at Acme.
COLLEAGUES: Final = [
    ("bob@acme.example", "Bob Lindt", Role.LICENSE_MANAGER),
    ("mia@acme.example", "Mia Chen", Role.MEMBER),
    ("noah@acme.example", "Noah Fischer", Role.MEMBER),
    ("priya@acme.example", "Priya Raman", Role.LICENSE_MANAGER),
    ("tomas@acme.example", "Tomáš Novák", Role.MEMBER),
    ("yuki@acme.example", "Yuki Tanaka", Role.MEMBER),
]


def person(email: str, name: str, password: str) -> User:
    """The person with this address and password, with a proven mailbox."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    return user


def _colleagues_join(stage: Stage, now: datetime) -> None:
    invited = [
        (
            _invite(stage.acme, email, role=role, by=stage.alice, now=now),
            person(email, name, stage.password),
        )
        for email, name, role in COLLEAGUES
    ]
    for invitation, user in invited:
        stage.people[user.email] = invitations.accept(
            invitation=invitation, user=user, now=now + timedelta(hours=3)
        )


def _one_expires(stage: Stage, now: datetime) -> None:
    _invite(stage.acme, "expired@acme.example", by=stage.alice, now=now)


def _one_is_revoked(stage: Stage, now: datetime) -> None:
    revoked = _invite(stage.acme, "revoked@acme.example", by=stage.alice, now=now)
    invitations.revoke(invitation=revoked, by=stage.alice, now=now + timedelta(hours=3))


def _one_is_declined(stage: Stage, now: datetime) -> None:
    declined = _invite(stage.acme, "declined@acme.example", by=stage.alice, now=now)
    invitations.decline(invitation=declined, now=now + timedelta(hours=3))


def _one_is_suspended(stage: Stage, now: datetime) -> None:
    """Bob invites as an administrator, and stops being one."""
    members.change_role(membership=stage.bob, role=Role.ADMINISTRATOR, by=stage.alice, now=now)
    suspended = _invite(stage.acme, "suspended@acme.example", by=stage.bob.user, now=now)
    _reported(suspended, now)
    members.change_role(
        membership=stage.bob,
        role=Role.LICENSE_MANAGER,
        by=stage.alice,
        now=now + timedelta(hours=3),
    )


def _one_bounces(stage: Stage, now: datetime) -> None:
    bounced = _invite(stage.acme, "bounced@acme.example", by=stage.alice, now=now)
    _reported(bounced, now, bounced="550 5.1.1 No such user here")


def _one_is_delivered(stage: Stage, now: datetime) -> None:
    _reported(_invite(stage.acme, "delivered@acme.example", by=stage.alice, now=now), now)


def _yuki_is_blocked(stage: Stage, now: datetime) -> None:
    members.block(membership=stage.people["yuki@acme.example"], by=stage.alice, now=now)


def _two_ask_to_join(stage: Stage, now: datetime) -> None:
    for email, name, message in [
        ("dora@acme.example", "Dora Winter", "I look after the farm in Graz from December on."),
        ("liam@acme.example", "Liam O'Brien", ""),
    ]:
        join_requests.ask(
            account=stage.acme,
            email=email,
            email_display=email,
            name=name,
            message=message,
            now=now,
        )


def _globex_invites_mia(stage: Stage, now: datetime) -> None:
    _invite(stage.globex, "mia@acme.example", by=stage.charlie, now=now)


def _one_is_queued(stage: Stage, now: datetime) -> None:
    _invite(stage.acme, "newcomer@acme.example", by=stage.alice, now=now)


# The mails of the old invitations are too old to go out.
ACTS: Final = [
    Act(timedelta(days=89), _colleagues_join),
    Act(timedelta(days=20), _one_expires),
    Act(timedelta(days=12), _one_is_revoked),
    Act(timedelta(days=10), _one_is_declined),
    Act(timedelta(days=7), _one_is_suspended),
    Act(timedelta(days=5), _one_bounces),
    Act(timedelta(days=4), _one_is_delivered),
    Act(timedelta(days=3), _yuki_is_blocked),
    Act(timedelta(hours=5), _two_ask_to_join),
    Act(timedelta(hours=1), _globex_invites_mia),
    Act(timedelta(0), _one_is_queued),
]


def _invite(
    account: BusinessAccount, email: str, *, by: User, now: datetime, role: str = Role.MEMBER
) -> Invitation:
    invitations.send(account=account, addresses=[email], role=role, by=by, now=now)
    return account.invitations.open().select_related("account", "mail").get(email=email)


def _reported(invitation: Invitation, now: datetime, *, bounced: str = "") -> None:
    """What a mail provider would report."""
    outbox.record_event(
        public_id=str(invitation.mail.public_id) if invitation.mail else "",
        message_id="",
        bounced=bool(bounced),
        reason=bounced,
        at=now,
    )
