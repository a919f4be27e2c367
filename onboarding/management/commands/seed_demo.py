"""A demonstration: two companies, people in every role, invitations in every state."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import outbox
from accounts.actions import accounts, invitations, join_requests, members
from accounts.models import BusinessAccount, Invitation, Membership, User
from accounts.permissions import Role

ACME: Final = "Acme Corp"
GLOBEX: Final = "Globex"
# Address, name, role at Acme.
COLLEAGUES: Final = [
    ("bob@acme.example", "Bob Lindt", Role.LICENSE_MANAGER),
    ("mia@acme.example", "Mia Chen", Role.MEMBER),
    ("noah@acme.example", "Noah Fischer", Role.MEMBER),
    ("priya@acme.example", "Priya Raman", Role.LICENSE_MANAGER),
    ("tomas@acme.example", "Tomáš Novák", Role.MEMBER),
    ("yuki@acme.example", "Yuki Tanaka", Role.MEMBER),
]


class Command(BaseCommand):
    help = "Make a demonstration company with members and invitations; prints how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="for all demonstration people (default: random)")
        parser.add_argument(
            "--force", action="store_true", help="run on a portal that isn't on this machine only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_EMBEDDED and not options["force"]:
            raise CommandError(
                f"{settings.PORTAL_ORIGIN} isn't a local portal. "
                "Demonstration people can sign in there; add --force if you want that."
            )
        password = options["password"] or secrets.token_urlsafe(12)
        now = timezone.now()
        with transaction.atomic():
            alice = _person("alice@acme.example", "Alice Reyes", password)
            charlie = _person("charlie@globex.example", "Charlie Stone", password)
            acme = _account(ACME, alice, now - timedelta(days=90))
            globex = _account(GLOBEX, charlie, now - timedelta(days=2))
            # What is there stays as people left it.
            if acme.memberships.count() == 1 and not acme.invitations.exists():
                _fill(acme, globex, alice, charlie, password, now)
        self._tell(acme, password)

    def _tell(self, acme: BusinessAccount, password: str) -> None:
        write = self.stdout.write
        write(f"Sign in at {settings.PORTAL_ORIGIN}/accounts/login/")
        write(f"  password of all: {password}")
        write("  alice@acme.example      administrator of Acme Corp (start here)")
        write("  bob@acme.example        license manager")
        write("  mia@acme.example        member; invited to Globex")
        write("  yuki@acme.example       blocked")
        write("  charlie@globex.example  administrator of Globex, a new account")
        write(f"Acme Corp: {settings.PORTAL_ORIGIN}/b/{acme.slug}/")


def _person(email: str, name: str, password: str) -> User:
    """The person with this address and password, with a proven mailbox."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    return user


def _account(name: str, administrator: User, now: datetime) -> BusinessAccount:
    held = Membership.objects.filter(user=administrator, account__name=name)
    if membership := held.select_related("account").first():
        return membership.account
    return accounts.create(name=name, by=administrator, now=now).account


def _fill(
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    password: str,
    now: datetime,
) -> None:
    people = {
        email: _joined(acme, _person(email, name, password), role, alice, now - timedelta(days=80))
        for email, name, role in COLLEAGUES
    }
    _invitations(acme, people["bob@acme.example"], alice, now)
    members.block(membership=people["yuki@acme.example"], by=alice, now=now - timedelta(days=3))
    for email, name, message in [
        ("dora@acme.example", "Dora Winter", "I look after the farm in Graz from December on."),
        ("liam@acme.example", "Liam O'Brien", ""),
    ]:
        join_requests.ask(
            account=acme,
            email=email,
            email_display=email,
            name=name,
            message=message,
            now=now - timedelta(hours=5),
        )
    _invite(globex, "mia@acme.example", by=charlie, now=now - timedelta(hours=1))
    _invite(acme, "newcomer@acme.example", by=alice, now=now)


def _joined(acme: BusinessAccount, user: User, role: str, by: User, now: datetime) -> Membership:
    invitation = _invite(acme, user.email, role=role, by=by, now=now)
    return invitations.accept(invitation=invitation, user=user, now=now + timedelta(hours=4))


def _invitations(acme: BusinessAccount, bob: Membership, alice: User, now: datetime) -> None:
    """One invitation in each state; the mails of the old ones are too old to go out."""
    _invite(acme, "expired@acme.example", by=alice, now=now - timedelta(days=20))
    revoked = _invite(acme, "revoked@acme.example", by=alice, now=now - timedelta(days=12))
    invitations.revoke(invitation=revoked, by=alice, now=now - timedelta(days=11))
    declined = _invite(acme, "declined@acme.example", by=alice, now=now - timedelta(days=10))
    invitations.decline(invitation=declined, now=now - timedelta(days=9))
    _suspend(acme, bob, alice, now - timedelta(days=7))
    bounced = _invite(acme, "bounced@acme.example", by=alice, now=now - timedelta(days=5))
    _reported(bounced, now - timedelta(days=5), bounced="550 5.1.1 No such user here")
    delivered = _invite(acme, "delivered@acme.example", by=alice, now=now - timedelta(days=4))
    _reported(delivered, now - timedelta(days=4))


def _suspend(acme: BusinessAccount, bob: Membership, alice: User, now: datetime) -> None:
    """Bob invites as an administrator, and stops being one."""
    members.change_role(membership=bob, role=Role.ADMINISTRATOR, by=alice, now=now)
    suspended = _invite(acme, "suspended@acme.example", by=bob.user, now=now)
    _reported(suspended, now)
    members.change_role(
        membership=bob, role=Role.LICENSE_MANAGER, by=alice, now=now + timedelta(days=1)
    )


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
        now=now,
    )
