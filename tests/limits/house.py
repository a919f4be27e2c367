"""A small house with every door that takes text, and a look at all that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.test import Client

from accounts.models import User
from tests import factories
from tests.personas import Response, SignIn

FORM: Final = "application/x-www-form-urlencoded"
_VISITS: Final = ("sessions.Session", "usersessions.UserSession", "accounts.Tally")
Rows = dict[str, list[tuple[Any, ...]]]


def rows() -> Rows:
    """Every row of every table; visits aside, which come and go with any page."""
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(
                *(each.name for each in model._meta.concrete_fields if each.name != "last_login")
            )
        )
        for model in apps.get_models()
        if model._meta.label not in _VISITS
    }


@dataclass(frozen=True)
class Door:
    """A form that would do something with `good`; `texts` are its fields that people type."""

    name: str
    path: str
    who: str
    good: dict[str, str]
    texts: tuple[str, ...] = ()
    prepared: dict[str, Any] = field(default_factory=dict)

    def spoiled(self, value: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Each text field once with `value` instead of what is good, all others left good."""
        for name in self.texts:
            yield name, self.good | {name: value}


class House:
    """Alice's Acme, with an invitation and a colleague who isn't in it yet."""

    def __init__(self, sign_in: SignIn, now: datetime) -> None:
        alice = factories.person("alice@acme.example", "Alice Reyes")
        self.acme = factories.business_account("Acme Corp", administrator=alice, now=now)
        self.acme.joinable_by_domain = True
        self.acme.save(update_fields=["joinable_by_domain"])
        factories.person("carl@acme.example", "Carl Newman")
        self.invitation = factories.invitation(self.acme, "eve@initech.example", by=alice, now=now)
        self.request = factories.join_request(self.acme, "gus@acme.example", now=now)
        self.mia = factories.member(self.acme, factories.person("mia@acme.example", "Mia Chen"))
        self._browsers = {
            who: sign_in(User.objects.get(email=f"{who}@acme.example"))
            for who in ("alice", "carl", "mia")
        }
        self._knocks = 0

    def browser(self, who: str) -> Client:
        """The browser in which `who` is signed in; a new one for a stranger."""
        return self._browsers[who] if who else Client()

    def knock(self, door: Door, fields: dict[str, str], browser: Client | None = None) -> Response:
        """Send the form, each time from another network: no limit is met by accident."""
        self._knocks += 1
        return (browser or self.browser(door.who)).post(
            door.path,
            urlencode(fields),
            content_type=FORM,
            REMOTE_ADDR=f"198.{self._knocks // 200}.{self._knocks % 200}.1",
        )

    def doors(self) -> list[Door]:
        b = f"/b/{self.acme.slug}/"
        password = factories.PASSWORD
        return [
            Door(
                "sign-up",
                "/accounts/signup/",
                "",
                {"name": "Dana", "email": "dana@initech.example", "password1": password},
                ("name", "email", "password1"),
            ),
            Door(
                "sign-in",
                "/accounts/login/",
                "",
                {"login": "alice@acme.example", "password": password},
                ("login", "password"),
            ),
            Door("code", "/accounts/login/code/", "", {"email": "mia@acme.example"}, ("email",)),
            Door(
                "reset", "/accounts/password/reset/", "", {"email": "mia@acme.example"}, ("email",)
            ),
            Door("find", "/start/find/", "", {"email": "dora@initech.example"}, ("email",)),
            Door(
                "ask",
                "/start/ask/",
                "carl",
                {"colleague": "alice@acme.example", "name": "Carl", "message": "Let me in."},
                ("colleague", "name", "message"),
            ),
            Door(
                "join",
                f"/start/ask/{self.acme.slug}/",
                "carl",
                {"name": "Carl", "message": "Let me in."},
                ("name", "message"),
            ),
            Door(
                "support",
                "/support/",
                "mia",
                {
                    "email": "mia@acme.example",
                    "subject": "No code",
                    "message": "I waited an hour.",
                    "reference": "7QK-DM4P",
                    "came_from": "/start/",
                },
                ("email", "subject", "message", "reference", "came_from"),
            ),
            Door("company", "/b/new/", "carl", {"name": "Winter Works"}, ("name",)),
            Door(
                "invite",
                f"{b}members/invite/",
                "alice",
                {"emails": "new@acme.example", "role": "member"},
                ("emails", "role"),
            ),
            Door("settings", f"{b}settings/", "alice", {"name": "Acme Inc"}, ("name",)),
            Door(
                "role",
                f"{b}members/{self.mia.public_id}/role/",
                "alice",
                {"role": "license_manager"},
                ("role",),
            ),
            Door(
                "approve",
                f"{b}requests/{self.request.public_id}/approve/",
                "alice",
                {"role": "member"},
                ("role",),
            ),
            Door(
                "invitation",
                self.invitation.get_absolute_url(),
                "",
                {"accept": "1", "name": "Eve", "password1": password},
                ("name", "password1"),
            ),
            Door(
                "email",
                "/accounts/email/",
                "mia",
                {"email": "mia@initech.example", "action_add": "1"},
                ("email",),
            ),
            Door(
                "password",
                "/accounts/password/change/",
                "mia",
                {
                    "oldpassword": password,
                    "password1": "gravel tulip lantern nine",
                    "password2": "gravel tulip lantern nine",
                },
                ("oldpassword", "password1"),
            ),
        ]
