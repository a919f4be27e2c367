"""People who act in browsers and read their own mail, for tests of who gets in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.test import Client

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail

_HANDLER: Final = Client().handler


def new_browser() -> Client:
    """A browser without a cookie; all share the middleware, which takes long to build."""
    browser = Client()
    browser.handler = _HANDLER
    return browser


@dataclass
class Actor:
    """Somebody with a mailbox, a password and a browser."""

    name: str
    mailbox: str
    password: str
    browser: Client = field(default_factory=new_browser)
    requests: int = 0

    def post(self, path: str, **form: str) -> Any:
        return self.browser.post(path, form, REMOTE_ADDR=self._network())

    def get(self, path: str) -> Any:
        return self.browser.get(path, REMOTE_ADDR=self._network(), follow=True)

    def read(self, pattern: str) -> str:
        """What the newest mail in this mailbox says that looks like `pattern`; or nothing."""
        for mail in OutboxMail.objects.filter(to=self.mailbox).order_by("-pk"):
            if found := re.search(pattern, mail.text):
                return found[1]
        return ""

    def code(self) -> str:
        return self.read(r"\b([B-Z]{4}-[B-Z]{4})\b") or "BCDF-GHJK"

    @property
    def user(self) -> User | None:
        key = self.browser.session.get("_auth_user_id")
        return User.objects.filter(pk=key).first() if key else None

    is_there = True

    @property
    def is_in(self) -> bool:
        return "_auth_user_id" in self.browser.session

    @property
    def is_out(self) -> bool:
        return not self.is_in

    @property
    def signs_up(self) -> bool:
        return self.is_out and "sign_up" in self.browser.session

    @property
    def waits_for_a_code(self) -> bool:
        return self.signs_up or (self.is_in and "add_email_code" in self.browser.session)

    @property
    def waits_for_a_sign_in_code(self) -> bool:
        return "account_login" in self.browser.session

    @property
    def waits_for_a_finding_code(self) -> bool:
        return "find" in self.browser.session

    @property
    def has_a_reset_link(self) -> bool:
        return OutboxMail.objects.filter(to=self.mailbox, kind="password_reset_key").exists()

    def _network(self) -> str:
        # From somewhere else each time: here it is the order that counts, not the limits.
        self.requests += 1
        kind = 10 if self.name == "Dana" else 11
        return f"{kind}.{self.requests // 250}.{self.requests % 250}.1"
