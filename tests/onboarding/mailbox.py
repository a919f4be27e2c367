"""A browser that proves a mailbox, for tests of the pages behind the proof."""

import re
from datetime import timedelta

from django.test import Client

from accounts.outbox.models import OutboxMail

FIND = "/start/find/"


def ask_for_code(browser: Client, email: str, **more: str) -> str:
    """The page after the email was sent."""
    response = browser.post(FIND, {"email": email, **more}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def mailed_code(email: str) -> str:
    """The code in the newest mail to `email`."""
    mail = OutboxMail.objects.filter(kind="mailbox_code", to=email).latest("pk")
    found = re.search(r"\b([B-Z]{4}-[B-Z]{4})\b", mail.text)
    assert found
    return found[1]


def prove(browser: Client, email: str, **more: str) -> str:
    """The page after the right code."""
    ask_for_code(browser, email, **more)
    response = browser.post(FIND, {"code": mailed_code(email), **more}, follow=True)
    return response.content.decode()


def mails_to(email: str) -> int:
    return OutboxMail.objects.filter(kind="mailbox_code", to=email).count()


def rewind(browser: Client, key: str, **by: float) -> None:
    """Let time pass for what the session keeps under `key`."""
    session = browser.session
    kept = dict(session[key])
    seconds = timedelta(**by).total_seconds()
    for name in ("sent_at", "until"):
        if name in kept:
            kept[name] -= seconds
    if "codes" in kept:
        kept["codes"] = [[digest, end - seconds] for digest, end in kept["codes"]]
    session[key] = kept
    session.save()
