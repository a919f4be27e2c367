"""Proving a mailbox by a code that is mailed to it: one way for everything that a mailbox opens.

A browser waits for a code for one purpose at a time. Only keyed digests of codes are kept, in its
session, for 15 minutes. Its five tries are counted in the database, before a code is compared:
tries that come at the same moment all read the same session. What Find my account has proven holds
for 60 minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
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
    id: str = ""
    """What the tries are counted by: sent again, it is the same code to guess."""

    def seconds_left(self, now: datetime) -> int:
        """How long until the code may be sent again."""
        left = self.sent_at + RESEND_AFTER.total_seconds() - now.timestamp()
        return max(0, min(int(left) + 1, int(RESEND_AFTER.total_seconds()))) if left > 0 else 0

    def is_over(self, now: datetime) -> bool:
        return self.tries >= TRIES or all(end <= now.timestamp() for _, end in self.codes)


_FIELDS: Final = {each.name for each in fields(Pending)}


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
    the newest code that lies in the mailbox now, whoever asked for it: strangers can't keep its
    owner out. Codes that others have mailed later are theirs.
    """
    current = Pending(email, display, then, now.timestamp(), id=get_random_string(22))
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
        added: list[Any] | None = note_mailed(email, code, now=now)
        write(code, end)
    else:
        added = _newest(email)
    codes = [*current.codes, *([added] if added and added not in current.codes else [])]
    current = replace(current, codes=codes[-_CODES_KEPT:])
    request.session[purpose.value] = asdict(current)
    return sent


def new_code() -> str:
    """A code as it stands in the mail: XXXX-XXXX."""
    code = get_random_string(_LENGTH, _ALPHABET)
    return f"{code[:4]}-{code[4:]}"


def pending(session: SessionBase, purpose: Purpose) -> Pending | None:
    """The code that this browser waits for, if any."""
    stored = session.get(purpose.value)
    if not isinstance(stored, dict):
        return None
    # What another release has kept there beside these doesn't count.
    return Pending(**{name: stored[name] for name in _FIELDS & stored.keys()})


def forget(session: SessionBase, purpose: Purpose) -> None:
    session.pop(purpose.value, None)


def check(request: HttpRequest, purpose: Purpose, *, code: str, now: datetime) -> CodeCheck:
    """Count a try and judge the typed code; case, spaces and dashes don't matter."""
    current = pending(request.session, purpose)
    if current is None or current.is_over(now):
        return CodeCheck.ENDED
    if not may_try(request, current.id or current.email):
        request.session[purpose.value] = asdict(replace(current, tries=TRIES))
        return CodeCheck.ENDED
    digest = _digest(current.email, code)
    ours = [kept for kept, end in current.codes if end > now.timestamp()]
    if any(constant_time_compare(digest, kept) for kept in ours):
        return CodeCheck.RIGHT
    current = replace(current, tries=current.tries + 1)
    request.session[purpose.value] = asdict(current)
    return CodeCheck.ENDED if current.is_over(now) else CodeCheck.WRONG


def may_try(request: HttpRequest, code_id: str) -> bool:
    """Count one try at a code; False from the sixth on, however many come at once."""
    return limits.consume(request, action="code_tries", key=code_id)


def note_mailed(email: str, code: str, *, now: datetime) -> list[Any]:
    """Keep as the newest code in that mailbox, for browsers that got none; its digest and end."""
    kept = [_digest(email, code), (now + CODE_VALID_FOR).timestamp()]
    cache.set(_mailbox(email), kept, CODE_VALID_FOR.total_seconds())
    return kept


def share_codes(request: HttpRequest, email: str) -> None:
    """No sign-in code went to `email`, so this browser takes the newest that lies there now."""
    request.session[_SHARED] = [email, *(_newest(email) or ["", 0])]


def is_shared_code(request: HttpRequest, email: str, code: str, *, now: datetime) -> bool:
    """True when `code` is the one that this browser may take for a sign-in code of its own."""
    kept = request.session.get(_SHARED)
    if not isinstance(kept, list):  # none, or of the release before
        return False
    theirs, digest, end = kept
    fits = constant_time_compare(digest, _digest(email, code))
    return bool(fits and theirs == email and end > now.timestamp())


def _newest(email: str) -> list[Any] | None:
    kept: list[Any] | None = cache.get(_mailbox(email))
    return kept


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


def _mailbox(email: str) -> str:
    """No address stands in the cache in the clear."""
    return f"newest-code:{_digest(email, '')}"


def _digest(email: str, code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return salted_hmac("onboarding.find", f"{email}:{letters}", algorithm="sha256").hexdigest()
