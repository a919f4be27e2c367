"""How one mail leaves, and what a mail server's answer means."""

from __future__ import annotations

import re
import select
import smtplib
import time
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from accounts.outbox.models import OutboxMail

# RFC 5321 §4.5.3.2.6: a server may think for ten minutes after the final dot. Giving up earlier
# makes it a duplicate, since it may accept the mail after we have gone.
FINAL_REPLY_TIMEOUT_SECONDS: Final = 600.0
LEASE_RENEWAL_SECONDS: Final = 40.0
# A server that is silent for longer has mails to wait for it that aren't recorded yet.
SILENCE_SECONDS: Final = 1.0
_DJANGO_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_PLAIN_WORD: Final = re.compile(r"[A-Za-z]?[a-z'-]+")


def open_channel(beat: Callable[[], None]) -> BaseEmailBackend:
    """An open way out; `beat` is called while a server takes its time. Raises what it raises."""
    if settings.EMAIL_BACKEND == _DJANGO_SMTP:
        channel: BaseEmailBackend = PatientBackend(beat)
    else:
        channel = get_connection()
    channel.open()
    return channel


def send(mail: OutboxMail, channel: BaseEmailBackend) -> str:
    """Hand one mail over; the id it has at the provider. Raises what the backend raises."""
    message_id = f"<{mail.public_id}@{urlsplit(settings.PORTAL_ORIGIN).hostname}>"
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        connection=channel,
        headers={
            # The same at every attempt, so that mailboxes can drop a double.
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Outbox-Id": str(mail.public_id),
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.metadata = {"outbox": str(mail.public_id)}  # type: ignore[attr-defined]
    message.send()
    status = getattr(message, "anymail_status", None)
    return str((status and status.message_id) or message_id)[:255]


def is_permanent(error: Exception) -> bool:
    """True when trying again can't help: the recipient or the mail itself is refused.

    What may be our own wrong settings (a password, a sender, a quota) waits to be mended.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 550 for code, _ in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):
        return False
    if isinstance(error, SMTPResponseException):
        return error.smtp_code >= 550
    provider = _provider_errors()
    refused = provider.AnymailInvalidAddress, provider.AnymailRecipientsRefused, BadHeaderError
    return isinstance(error, refused)


def is_broken(error: Exception, channel: BaseEmailBackend) -> bool:
    """True when the way out is to blame, so that the next mail would fail alike."""
    connection = getattr(channel, "connection", None)
    if isinstance(connection, smtplib.SMTP):
        # Every answer of a server is an SMTPException, and that is an OSError: one refused address
        # must not end the round for everyone else.
        answered = isinstance(error, smtplib.SMTPException)
        return (
            connection.sock is None
            or isinstance(error, smtplib.SMTPServerDisconnected)
            or (isinstance(error, OSError) and not answered)
        )
    if isinstance(error, _provider_errors().AnymailAPIError):
        return (
            error.status_code is None
            or error.status_code in (401, 403, 429)
            or (error.status_code >= 500)
        )
    return isinstance(error, OSError)


def _provider_errors() -> Any:
    """Anymail's errors. Loaded when a mail failed: they bring a whole HTTP client along."""
    from anymail import exceptions

    return exceptions


def reason(error: Exception, mail: OutboxMail) -> str:
    """What went wrong, fit to show and to keep: never a code, a link or a password."""
    text: bytes | str
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    elif isinstance(error, _provider_errors().AnymailAPIError) and error.status_code:
        # Its text holds the whole request.
        return f"{type(error).__name__} {error.status_code}"
    else:
        return type(error).__name__
    said = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return f"{code} {_redacted(said, mail)}"[:300]


def _redacted(said: str, mail: OutboxMail) -> str:
    """A server may quote the mail it refuses: what isn't a plain word must not be ours."""
    secrets = f"{mail.text} {settings.EMAIL_HOST_PASSWORD}"
    return " ".join(
        word
        if len(word) < 4 or _PLAIN_WORD.fullmatch(word.strip(".,;:()")) or word not in secrets
        else "…"
        for word in (w if "://" not in w else "…" for w in said.split())
        if word.isprintable()
    )


class _Patience:
    """Waits for the answer to the final dot, and tells `beat` of each silence."""

    beat: Callable[[], None]
    sock: Any

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        if not self._is_silent(min(SILENCE_SECONDS, LEASE_RENEWAL_SECONDS)):
            return
        self.beat()
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self._await_answer(time.monotonic() + FINAL_REPLY_TIMEOUT_SECONDS)

    def _await_answer(self, deadline: float) -> None:
        while self._is_silent(min(LEASE_RENEWAL_SECONDS, max(deadline - time.monotonic(), 0))):
            if time.monotonic() >= deadline:
                return
            self.beat()

    def _is_silent(self, seconds: float) -> bool:
        if getattr(self.sock, "pending", int)():  # TLS has read it already
            return False
        answer = select.poll()
        answer.register(self.sock, select.POLLIN)
        return not answer.poll(seconds * 1000)


class _SMTP(_Patience, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Patience, smtplib.SMTP_SSL):
    pass


class PatientBackend(smtp.EmailBackend):
    """Django's SMTP, patient after the final dot."""

    def __init__(self, beat: Callable[[], None]) -> None:
        super().__init__()
        self._beat = beat

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        base = _SMTPOverTLS if self.use_ssl else _SMTP
        return type(base.__name__, (base,), {"beat": staticmethod(self._beat)})
