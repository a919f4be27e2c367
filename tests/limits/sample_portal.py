"""A small portal with every door that takes text, and a look at all that it holds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.db import transaction
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.limits.models import RateCounter
from accounts.membership.actions import claims
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import issuing
from licensing.activation.models import ActivationRequest
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Instance, Key, License
from onboarding.support.models import SupportMessage
from tests import factories
from tests.licensing import license_factories, request_file_factories
from tests.personas import Response, SignIn

FORM: Final = "application/x-www-form-urlencoded"
_VISITS: Final = ("sessions.Session", "usersessions.UserSession", "accounts.RateCounter")
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
class FormUnderTest:
    """A form that would do something with `good`; `texts` are its fields that people type."""

    name: str
    path: str
    who: str
    good: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    answer: int = 302
    changes: bool = True  # what the portal holds, when `good` is sent
    bare: bool = False  # does its work without any field: only the token of the form guards it

    def spoiled(self, value: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Each text field once with `value` instead of what is good, all others left good."""
        for name in self.texts:
            yield name, self.good | {name: value}


@dataclass(frozen=True)
class SampleObjects:
    """What Acme owns, and what waits to be answered or added."""

    owned: Key
    """Under which an instance runs."""
    spare: Key
    """Under which nothing runs."""
    suspended: License
    """By the vendor, and may run again."""
    held: Key
    """Of a license that no account has: whoever holds the key may add it."""
    waiting: License
    """Bought online under Alice's address."""
    instance: Instance
    token: EnrollmentToken
    asked: ActivationRequest
    asked_by_mia: ActivationRequest
    refresh: dict[str, Any]
    """What the instance asks for by file."""


class SamplePortal:
    """Alice's Acme with Mia, and Carl, a colleague who isn't in it yet; Mia claims Acme Labs. Sam
    is of the vendor's staff."""

    def __init__(self, sign_in: SignIn, now: datetime) -> None:
        alice = factories.person("alice@acme.example", "Alice Reyes")
        self.acme = factories.business_account("Acme Corp", administrator=alice, now=now)
        self.acme.joinable_by_domain = True
        self.acme.save(update_fields=["joinable_by_domain"])
        factories.person("carl@acme.example", "Carl Newman")
        self.invitation = factories.invitation(self.acme, "eve@initech.example", by=alice, now=now)
        self.request = factories.join_request(self.acme, "gus@acme.example", now=now)
        mia = factories.person("mia@acme.example", "Mia Chen")
        self.mia = factories.member(self.acme, mia)
        self.stock = _stock(self.acme, alice=alice, mia=mia, now=now)
        self.opened = _opened_for("carl@acme.example", now)
        self.labs = factories.business_account("Acme Labs", administrator=alice, now=now)
        factories.member(self.labs, mia)
        self.claimed = claims.make(account=self.labs, by=mia, reason="She left.", now=now)
        self.mail = OutboxMail.objects.filter(kind="claim_made").latest("pk")
        self.message = SupportMessage.objects.create(
            form_token=uuid.uuid4(),
            reference="7QK-DM4P",
            email=alice.email,
            email_proven=True,
            subject="No code arrives",
            message="Nothing came.",
            created_at=now,
        )
        _staff("sam@acme.example")
        self._browsers = {
            who: sign_in(User.objects.get(email=f"{who}@acme.example"))
            for who in ("alice", "carl", "mia", "sam")
        }
        self._submissions = 0

    def browser(self, who: str) -> Client:
        """The browser in which `who` is signed in; a new one for a stranger."""
        return self._browsers[who] if who else Client()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside never happened: one door doesn't close the next."""
        kept = {
            who: browser.cookies.output(header="", sep=";")
            for who, browser in self._browsers.items()
        }
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        for who, cookies in kept.items():
            self._browsers[who].cookies = SimpleCookie(cookies)

    def submit(
        self, door: FormUnderTest, fields: dict[str, str], browser: Client | None = None
    ) -> Response:
        """Send the form, each time from another network, and with all tries of people forgotten:
        no limit is met by accident."""
        return self.send(door, urlencode(fields), browser)

    def send(self, door: FormUnderTest, body: str, browser: Client | None = None) -> Response:
        """The same with a body as it stands."""
        self._submissions += 1
        RateCounter.objects.all().delete()
        return (browser or self.browser(door.who)).post(
            door.path,
            body,
            content_type=FORM,
            REMOTE_ADDR=f"198.{self._submissions // 200}.{self._submissions % 200}.1",
        )


def _stock(acme: BusinessAccount, *, alice: User, mia: User, now: datetime) -> SampleObjects:
    bought = license_factories.purchase(acme, email=alice.email, now=now).license
    owned = license_factories.primary_key(bought)
    waiting = license_factories.purchase(None, email=alice.email, channel="online", now=now).license
    held = license_factories.primary_key(
        license_factories.purchase(None, email="old@winter.example", now=now).license
    )
    suspended = license_factories.purchase(acme, email=alice.email, now=now).license
    License.objects.filter(pk=suspended.pk).update(suspended_at=now, suspension_reason="Unpaid")
    instance = license_factories.instance(acme, now=now)
    activation = license_factories.activation(instance, owned, now=now, channel="offline")
    issuing.issue(activation, now=now)
    made = enrollment.make(
        account=acme,
        key=owned,
        name="Image",
        uses=5,
        expires_at=now + timedelta(days=30),
        by=alice,
        now=now,
    )
    return SampleObjects(
        owned=owned,
        spare=license_factories.key(bought, now=now, reserved=10, name="Spare"),
        held=held,
        suspended=suspended,
        waiting=waiting,
        instance=instance,
        token=made.token,
        asked=license_factories.request(now=now, claimed_by=alice),
        asked_by_mia=license_factories.request(now=now, claimed_by=mia),
        refresh=json.loads(request_file_factories.of_instance(instance, "refresh")),
    )


def _opened_for(email: str, now: datetime) -> BusinessAccount:
    """An account that a purchase opened for `email`, and that nobody has joined."""
    account = BusinessAccount.objects.create(
        name="Carl Works", slug="carl-works-x7k2q", origin="purchase", created_at=now
    )
    license_factories.purchase(account, email=email, now=now)
    return account


def _staff(email: str) -> None:
    user = factories.person(email)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    TOTP.activate(user, generate_totp_secret())
