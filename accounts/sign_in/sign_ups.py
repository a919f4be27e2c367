"""A sign-up whose mailbox isn't proven yet: kept in this browser's session, and no `User` at all.

So whatever somebody types about an address that isn't theirs is worth nothing anywhere else, and
any number of them stand in nobody's way. It ends after a day.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase

from accounts.sign_in.mailbox_proof import Purpose, forget

VALID_FOR: Final = timedelta(days=1)
_KEY: Final = "sign_up"


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person typed to sign up; the password as its hash."""

    name: str
    email: str
    display: str
    password: str
    next_url: str
    began_at: float


def of_form(cleaned: dict[str, Any], *, display: str, next_url: str, now: datetime) -> SignUp:
    """The sign-up that a valid form asks for. Hashes the password: a tenth of a second."""
    return SignUp(
        name=cleaned["name"],
        email=cleaned["email"],
        display=display,
        password=make_password(cleaned["password1"]),
        next_url=next_url,
        began_at=now.timestamp(),
    )


def keep(session: SessionBase, sign_up: SignUp) -> None:
    """Let this browser wait for the code; what it waited for before is forgotten."""
    drop(session)
    session[_KEY] = asdict(sign_up)
    session.set_expiry(VALID_FOR)


def waiting(session: SessionBase, now: datetime) -> SignUp | None:
    """The sign-up that this browser waits with, if any."""
    stored = session.get(_KEY)
    if not isinstance(stored, dict):
        return None
    if stored["began_at"] + VALID_FOR.total_seconds() <= now.timestamp():
        drop(session)
        return None
    return SignUp(**stored)


def drop(session: SessionBase) -> None:
    """Forget the sign-up and its code."""
    if session.pop(_KEY, None) is not None:
        session.set_expiry(None)
    forget(session, Purpose.SIGN_UP)
