"""People: whose an address is (only a proven mailbox counts), and their sessions (SPEC 4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction

from accounts.directory.models import User
from accounts.errors import AddressTaken
from accounts.web.allauth_internals import HTTP_USER_AGENT_MAX_LENGTH

UNPROVEN_FOR: Final = timedelta(days=1)
MAX_SESSIONS: Final = 50


def holder(email: str) -> User | None:
    """The active person who has proven the mailbox of a canonical address: who its doors let in."""
    return User.objects.filter(
        emailaddress__email=email, emailaddress__verified=True, is_active=True
    ).first()


def has_proven(user: User, email: str | None = None) -> bool:
    """True when `user` has proven the mailbox of `email`; without one, any mailbox at all."""
    proven = EmailAddress.objects.filter(user=user, verified=True)
    return bool((proven.filter(email=email) if email else proven).exists())


def is_taken(email: str) -> bool:
    """True when someone has proven the mailbox of the canonical address `email` (SPEC A18)."""
    return (
        EmailAddress.objects.filter(email=email, verified=True).exists()
        or User.objects.filter(email=email).exclude(pk__in=User.objects.unproven()).exists()
    )


@transaction.atomic
def create(*, email: str, display: str, name: str, password: str) -> User:
    """The person who has just proven `email`, with nothing that anybody else set.

    `password` is hashed already. Raises AddressTaken when somebody else was faster.
    """
    _give_up_unproven(email)
    try:
        with transaction.atomic():
            user = User.objects.create(
                email=email, email_display=display, name=name, password=password
            )
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    except IntegrityError:
        raise AddressTaken from None
    return user


@transaction.atomic
def release_unproven_address(*, email: str) -> None:
    """Free an address that nobody has proven: whoever typed it first gets nothing (SPEC 4.1)."""
    if not is_taken(email):
        _give_up_unproven(email)


@transaction.atomic
def forget_unproven(*, now: datetime) -> None:
    """Delete what sign-ups of earlier releases left, after a day."""
    User.objects.unproven().filter(created_at__lt=now - UNPROVEN_FOR).delete()


def note_session(*, user: User, session_key: str, ip: str, user_agent: str) -> None:
    """Put a new session on the person's list, by one statement: it's part of every sign-in."""
    UserSession.objects.create(
        user=user,
        session_key=session_key,
        ip=ip,
        user_agent=user_agent[:HTTP_USER_AGENT_MAX_LENGTH],
    )


@transaction.atomic
def end_session(session: UserSession) -> None:
    """Sign a person out at one place."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()


@transaction.atomic
def end_sessions(user: User) -> int:
    """Sign a person out everywhere; how many sessions that were."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)


def end_surplus_sessions() -> None:
    """Sign people out at their oldest places, where they have more than MAX_SESSIONS (SPEC 5)."""
    counted = UserSession.objects.values("user").annotate(places=models.Count("pk"))
    for user_id in counted.filter(places__gt=MAX_SESSIONS).values_list("user", flat=True):
        newest_first = UserSession.objects.filter(user=user_id).order_by("-created_at", "-pk")
        for session in newest_first[MAX_SESSIONS:]:
            end_session(session)


def follow_session(before: str, after: str) -> None:
    """Keep a session's place on its person's list when its id changes."""
    UserSession.objects.filter(session_key=before).update(session_key=after)


def _give_up_unproven(email: str) -> None:
    EmailAddress.objects.filter(email=email, verified=False).delete()
    User.objects.unproven().filter(email=email).delete()
