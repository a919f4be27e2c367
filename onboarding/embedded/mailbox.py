"""The embedded mode's mail server: mails land in a folder and are read at /mailbox/."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.identity import private_files
from accounts.identity.addresses import InvalidEmail, canonical_email

MAX_MAILS_KEPT: Final = 5000
PER_PAGE: Final = 25
# The file name has all that the list needs: time, a random part and the recipient.
_ID: Final = re.compile(r"(\d{8}T\d{12})Z-[0-9a-f]{8}-([0-9a-f]{12})", re.ASCII)
_TIME: Final = "%Y%m%dT%H%M%S%f"


class EmailBackend(BaseEmailBackend):
    """Writes each mail as a file of its own per recipient; complete or not at all, mode 0600."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            content = message.message().as_bytes()
            for recipient in message.recipients():
                _write(content, recipient=recipient, now=timezone.now())
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One mail as stored in the folder."""

    id: str
    at: datetime
    subject: str
    sender: str
    to: str
    text: str
    html: str


@dataclass(frozen=True)
class MailPage:
    """Some mails, newest first, and the key of the page after them."""

    mails: list[Mail]
    before: str


def newest(*, to: str = "", before: str = "", limit: int = PER_PAGE) -> MailPage:
    """Mails to the address `to` (any when empty), older than the mail with the id `before`."""
    tail = f"-{_digest(to)}" if to else ""
    ids = [
        name
        for name in _ids()
        if name.endswith(tail) and (not _ID.fullmatch(before) or name < before)
    ]
    mails = [mail for name in ids[:limit] if (mail := read(name))]
    return MailPage(mails, ids[limit - 1] if len(ids) > limit else "")


def read(mail_id: str) -> Mail | None:
    """One mail; None for an id that isn't there, or isn't one."""
    match = _ID.fullmatch(mail_id)
    if match is None:
        return None
    try:
        content = (_folder() / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    # The modern policy gives decoded headers and bodies.
    parsed = message_from_bytes(content, _class=Parsed, policy=policy.default)
    return Mail(
        id=mail_id,
        at=datetime.strptime(match[1], _TIME).replace(tzinfo=UTC),
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        to=str(parsed["To"] or ""),
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
    )


def _write(content: bytes, *, recipient: str, now: datetime) -> None:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = now.astimezone(UTC).strftime(_TIME)
    random = secrets.token_hex(4)
    name = f"{moment}Z-{random}-{_digest(recipient)}"
    draft = folder / f".{name}"
    private_files.create(draft, content)  # on the disk: the outbox forgets the body once we return
    draft.rename(folder / f"{name}.eml")
    # Tidying lists the whole folder, so one mail in sixteen does it for all.
    if random.startswith("0"):
        _forget_oldest()


def _forget_oldest() -> None:
    for name in _ids()[MAX_MAILS_KEPT:]:
        with suppress(FileNotFoundError):  # another worker tidies too
            (_folder() / f"{name}.eml").unlink()


def _ids() -> list[str]:
    """Every mail's id, newest first."""
    try:
        names = [entry.name.removesuffix(".eml") for entry in os.scandir(_folder())]
    except FileNotFoundError:
        return []
    return sorted((name for name in names if _ID.fullmatch(name)), reverse=True)


def _folder() -> Path:
    return Path(settings.PORTAL_DATA_DIR) / "mailbox"


def _digest(address: str) -> str:
    address = parseaddr(address)[1] or address
    try:
        address = canonical_email(address)
    except InvalidEmail:
        address = address.strip().lower()
    return hashlib.sha256(address.encode(errors="replace")).hexdigest()[:12]


def _body(parsed: Parsed, kind: str) -> str:
    part = parsed.get_body((kind,))
    content = part.get_content() if isinstance(part, Parsed) else ""
    return content if isinstance(content, str) else ""
