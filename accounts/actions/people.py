"""People: who holds an address before anybody has proven its mailbox, and their sessions."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User


def is_taken(email: str) -> bool:
    """True when someone has proven the mailbox of the canonical address `email` (SPEC A18)."""
    return (
        EmailAddress.objects.filter(email=email, verified=True).exists()
        or User.objects.filter(email=email, emailaddress__verified=True).exists()
        or User.objects.filter(email=email, is_staff=True).exists()
    )


@transaction.atomic
def give_up_unproven(*, email: str) -> None:
    """Free an address that nobody has proven: whoever typed it first gets nothing (SPEC 4.1)."""
    if is_taken(email):
        return
    EmailAddress.objects.filter(email=email, verified=False).exclude(user__email=email).delete()
    User.objects.filter(email=email, memberships=None).delete()


def note_session(*, user: User, session_key: str, ip: str, user_agent: str) -> None:
    """Put a new session on the person's list, by one statement: it's part of every sign-in."""
    UserSession.objects.create(
        user=user,
        session_key=session_key,
        ip=ip,
        user_agent=user_agent[:HTTP_USER_AGENT_MAX_LENGTH],
    )


@transaction.atomic
def end_sessions(user: User) -> int:
    """Sign a person out everywhere; how many sessions that were."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)
