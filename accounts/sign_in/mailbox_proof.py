"""Proving a mailbox by a code that is mailed to it: one way for everything that a mailbox opens.

A browser waits for a code for one purpose at a time. Only keyed digests of codes are kept, in its
session: five tries, 15 minutes. What Find my account has proven holds for 60 minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from accounts import limits
from accounts.sign_in import session_renewal

CODE_VALID_FOR: Final = timedelta(minutes=15)
PROOF_VALID_FOR: Final = timedelta(minutes=60)
RESEND_AFTER: Final = timedelta(seconds=60)
TRIES: Final = 5
_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 §6.1: no vowels, so no words
_LENGTH: Final = 8
_CODES_KEPT: Final = 3  # a mail that was slow still works after "Send it again"
_PROVEN: Final = "proven"
_SHARED: Final = "shared_codes"

Write = Callable[[str, datetime], object]
"""Writes the mail with a code and the moment at which it ends."""


class Purpose(StrEnum):
    """What the code is for; its value is where the session keeps it."""

    FIND = "find"
    SIGN_UP = "sign_up_code"
    ADD_EMAIL = "add_email_code"


class CodeCheck(Enum):
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
    shares_until: float = 0
    """Until when codes that others had mailed to this address count, since ours wasn't sent."""

    def seconds_left(self, now: datetime) -> int:
        """How long until the code may be sent again."""
        left = self.sent_at + RESEND_AFTER.total_seconds() - now.timestamp()
        return max(0, min(int(left) + 1, int(RESEND_AFTER.total_seconds()))) if left > 0 else 0

    def is_over(self, now: datetime) -> bool:
        ends = [*(end for _, end in self.codes), self.shares_until]
        return self.tries >= TRIES or all(end <= now.timestamp() for end in ends)


@dataclass(frozen=True, slots=True)
class Proven:
    """An address whose mailbox this browser has shown to be its own."""

    email: str
    display: str


def send(
    request: HttpRequest,
    purpose: Purpose,
    *,
    email: str,
    display: str,
    then: str = "",
    write: Write,
    now: datetime,
) -> bool:
    """Mail a code for `email`, the same way for every address; False when no mail went out.

    Pressed twice, the first mail is on its way. Over the limit of the address, this browser takes
    the newest codes in the mailbox, whoever asked for them: strangers can't keep its owner out.
    """
    current = Pending(email, display, then, now.timestamp())
    before = pending(request.session, purpose)
    if before and (before.email, before.then) == (email, then) and not before.is_over(now):
        if before.seconds_left(now) > 0:
            return True
        # Codes that are on their way keep working.
        current = replace(before, display=display, sent_at=now.timestamp())
    end = now + CODE_VALID_FOR
    sent = limits.may_mail_code(request, email)
    if sent:
        code = new_code()
        codes = [*current.codes, [_digest(email, code), end.timestamp()]]
        current = replace(current, codes=codes[-_CODES_KEPT:])
        note_mailed(email, code)
        write(code, end)
    else:
        current = replace(current, shares_until=end.timestamp())
    request.session[purpose.value] = asdict(current)
    return sent


def new_code() -> str:
    """A code as it stands in the mail: XXXX-XXXX."""
    code = get_random_string(_LENGTH, _ALPHABET)
    return f"{code[:4]}-{code[4:]}"


def pending(session: SessionBase, purpose: Purpose) -> Pending | None:
    """The code that this browser waits for, if any."""
    stored = session.get(purpose.value)
    return Pending(**stored) if isinstance(stored, dict) else None


def forget(session: SessionBase, purpose: Purpose) -> None:
    session.pop(purpose.value, None)


def check(session: SessionBase, purpose: Purpose, *, code: str, now: datetime) -> CodeCheck:
    """Judge a typed code and count the try; case, spaces and dashes don't matter."""
    current = pending(session, purpose)
    if current is None or current.is_over(now):
        return CodeCheck.ENDED
    digest = _digest(current.email, code)
    ours = [kept for kept, end in current.codes if end > now.timestamp()]
    is_right = any(constant_time_compare(digest, kept) for kept in ours)
    if not is_right and current.shares_until > now.timestamp():
        is_right = was_mailed(current.email, code)
    if is_right:
        return CodeCheck.RIGHT
    current = replace(current, tries=current.tries + 1)
    session[purpose.value] = asdict(current)
    return CodeCheck.ENDED if current.is_over(now) else CodeCheck.WRONG


def note_mailed(email: str, code: str) -> None:
    """Keep for 15 minutes that `code` was mailed to `email`, for browsers that got none."""
    cache.set(_mailed(email, code), True, CODE_VALID_FOR.total_seconds())


def share_codes(request: HttpRequest, email: str) -> None:
    """No sign-in code went to `email`, so this browser takes those that were mailed there."""
    request.session[_SHARED] = email


def shares_codes(request: HttpRequest, email: str) -> bool:
    return bool(request.session.get(_SHARED) == email)


def was_mailed(email: str, code: str) -> bool:
    """True when `code` was mailed to `email` within the last 15 minutes."""
    return cache.get(_mailed(email, code)) is True


def prove(request: HttpRequest, *, now: datetime) -> None:
    """The address of Find my account is proven: for this session, and a sign-up that follows."""
    current = pending(request.session, Purpose.FIND)
    if current is None:
        return
    session_renewal.rise(request)
    forget(request.session, Purpose.FIND)
    request.session[_PROVEN] = {
        "email": current.email,
        "display": current.display,
        "until": (now + PROOF_VALID_FOR).timestamp(),
    }


def proven(session: SessionBase, now: datetime) -> Proven | None:
    """The address proven in this session within the last hour."""
    stored = session.get(_PROVEN)
    if not isinstance(stored, dict) or stored["until"] <= now.timestamp():
        return None
    return Proven(email=stored["email"], display=stored["display"])


def _mailed(email: str, code: str) -> str:
    return f"mailed-code:{_digest(email, code)}"


def _digest(email: str, code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return salted_hmac("onboarding.find", f"{email}:{letters}", algorithm="sha256").hexdigest()
