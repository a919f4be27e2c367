"""People and accounts for tests, made directly: the rules of the actions are tested elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role

PASSWORD = "correct horse battery staple"
LONG_AGO = timedelta(days=200)


def person(email: str, name: str = "", *, verified: bool = True) -> User:
    """A person with a password; their mailbox is proven unless told otherwise."""
    user = User.objects.create_user(email, PASSWORD, name=name or email.partition("@")[0].title())
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def business_account(name: str, *, administrator: User, now: datetime) -> BusinessAccount:
    """An account made 200 days ago, with one administrator."""
    account = BusinessAccount.objects.create(
        name=name, slug=BusinessAccount.new_slug(name), created_at=now - LONG_AGO
    )
    member(account, administrator, Role.ADMINISTRATOR, now=now)
    return account


def member(
    account: BusinessAccount,
    user: User,
    role: str = Role.MEMBER,
    *,
    blocked: bool = False,
    now: datetime | None = None,
) -> Membership:
    now = now or timezone.now()
    return Membership.objects.create(
        account=account,
        user=user,
        role=role,
        created_at=now - LONG_AGO,
        blocked_at=now if blocked else None,
    )


def crowd(account: BusinessAccount, count: int) -> list[User]:
    """`count` more members, for pages that must not care how many there are."""
    users = User.objects.bulk_create(
        User(
            email=f"crowd{n}@acme.example",
            email_display=f"crowd{n}@acme.example",
            name=f"Crowd {n}",
            password="!",
        )
        for n in range(count)
    )
    now = timezone.now()
    Membership.objects.bulk_create(
        Membership(account=account, user=user, role=Role.MEMBER, created_at=now) for user in users
    )
    return users


def invitation(
    account: BusinessAccount,
    email: str,
    *,
    by: User | None,
    now: datetime,
    role: str = Role.MEMBER,
    **facts: datetime | User | None,
) -> Invitation:
    """An open invitation sent at `now`, without a mail; `facts` override its fields."""
    fields = {"created_at": now, "sent_at": now, "expires_at": now + timedelta(days=14)} | facts
    return Invitation.objects.create(
        account=account, email=email, email_display=email, role=role, invited_by=by, **fields
    )


def join_request(
    account: BusinessAccount, email: str, *, now: datetime, name: str = "Dora Winter"
) -> JoinRequest:
    return JoinRequest.objects.create(
        account=account,
        email=email,
        email_display=email,
        name=name,
        message="I look after the farm in Graz.",
        created_at=now,
    )
