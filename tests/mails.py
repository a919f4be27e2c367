"""What the portal mailed: read from the outbox, where bodies stand until they are sent."""

from __future__ import annotations

import re

from accounts.outbox.models import OutboxMail


def latest(to: str, kind: str | None = None) -> OutboxMail:
    """The newest mail to an address."""
    mails = OutboxMail.objects.filter(to=to)
    return (mails.filter(kind=kind) if kind else mails).latest("pk")


def code_in(mail: OutboxMail) -> str:
    """The code that a mail carries, as printed."""
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail.text)
    assert found, mail.text
    return found.group()


def link_in(mail: OutboxMail, part: str) -> str:
    """The path (with query) of the first link that contains `part`."""
    found = re.search(rf"http://testserver(\S*{re.escape(part)}\S*)", mail.text)
    assert found, mail.text
    return found.group(1)
