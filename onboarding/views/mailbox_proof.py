"""Proving a mailbox in this browser's session: the code on its way, and what is proven.

Only keyed digests of codes are kept. The code works in the session that asked for it, five tries,
15 minutes; a proven address holds for 60 minutes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

CODE_VALID_FOR: Final = timedelta(minutes=15)
PROVEN_FOR: Final = timedelta(minutes=60)
RESEND_AFTER: Final = timedelta(seconds=60)
TRIES: Final = 5
_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 §6.1: no vowels, so no words
_LENGTH: Final = 8
_CODES_KEPT: Final = 3  # a mail that was slow still works after "Send it again"
_PENDING: Final = "find"
_PROVEN: Final = "proven"


class Verdict(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Pending:
    """A code is on its way to `email`."""

    email: str
    display: str
    then: str
    sent_at: float
    tries: int = 0
    codes: list[list[Any]] = field(default_factory=list)
    """Pairs of digest and end, newest last."""

    def seconds_left(self, now: datetime) -> int:
        """How long until the code may be sent again."""
        left = self.sent_at + RESEND_AFTER.total_seconds() - now.timestamp()
        return max(0, min(int(left) + 1, int(RESEND_AFTER.total_seconds()))) if left > 0 else 0

    def is_over(self, now: datetime) -> bool:
        return self.tries >= TRIES or all(end <= now.timestamp() for _, end in self.codes)


@dataclass(frozen=True, slots=True)
class Proven:
    """An address whose mailbox this browser has shown to be its own."""

    email: str
    display: str


def new_code() -> str:
    """A code as it stands in the mail: XXXX-XXXX."""
    code = get_random_string(_LENGTH, _ALPHABET)
    return f"{code[:4]}-{code[4:]}"


def begin(session: SessionBase, *, email: str, display: str, then: str, now: datetime) -> Pending:
    """Expect a code for `email`; codes sent for it before keep working until their end."""
    before = pending(session)
    codes = before.codes if before and before.email == email and not before.is_over(now) else []
    tries = before.tries if before and codes else 0
    started = Pending(email, display, then, now.timestamp(), tries, codes)
    session[_PENDING] = asdict(started)
    return started


def expect(session: SessionBase, *, code: str, now: datetime) -> None:
    """Let `code` prove the pending address."""
    current = pending(session)
    if current is None:
        return
    end = (now + CODE_VALID_FOR).timestamp()
    codes = [*current.codes, [_digest(current.email, code), end]][-_CODES_KEPT:]
    session[_PENDING] = asdict(replace(current, codes=codes))


def pending(session: SessionBase) -> Pending | None:
    """The code that this browser waits for, if any."""
    stored = session.get(_PENDING)
    return Pending(**stored) if isinstance(stored, dict) else None


def forget(session: SessionBase) -> None:
    session.pop(_PENDING, None)


def check(session: SessionBase, *, code: str, now: datetime) -> Verdict:
    """Judge a typed code and count the try; case, spaces and dashes don't matter."""
    current = pending(session)
    if current is None or current.is_over(now):
        return Verdict.ENDED
    digest = _digest(current.email, code)
    known = [kept for kept, end in current.codes if end > now.timestamp()]
    if any(constant_time_compare(digest, kept) for kept in known):
        return Verdict.RIGHT
    current = replace(current, tries=current.tries + 1)
    session[_PENDING] = asdict(current)
    return Verdict.ENDED if current.is_over(now) else Verdict.WRONG


def prove(request: HttpRequest, *, now: datetime) -> None:
    """The pending address is proven: for this session, and for a sign-up that follows."""
    current = pending(request.session)
    if current is None:
        return
    # What was known of this browser before the proof must not lead to what it may do after.
    request.session.cycle_key()
    forget(request.session)
    request.session[_PROVEN] = {
        "email": current.email,
        "display": current.display,
        "until": (now + PROVEN_FOR).timestamp(),
    }
    get_adapter().stash_verified_email(request, current.email)


def proven(session: SessionBase, now: datetime) -> Proven | None:
    """The address proven in this session within the last hour."""
    stored = session.get(_PROVEN)
    if not isinstance(stored, dict) or stored["until"] <= now.timestamp():
        return None
    return Proven(email=stored["email"], display=stored["display"])


def _digest(email: str, code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return salted_hmac("onboarding.find", f"{email}:{letters}", algorithm="sha256").hexdigest()
