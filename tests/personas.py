"""Alice administers Acme, Bob manages its licenses, Mia is a member; Charlie administers Globex.

Dora belongs nowhere yet, and Sam is staff. Every mailbox is proven.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories

SignIn = Callable[..., Client]
Response = Any  # of the test client: django-stubs keeps its type private


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def acme(db: None, now: datetime) -> BusinessAccount:
    """The account, with Alice in it."""
    alice = factories.person("alice@acme.example", "Alice Reyes")
    return factories.business_account("Acme Corp", administrator=alice, now=now)


@pytest.fixture
def globex(db: None, now: datetime) -> BusinessAccount:
    """Another company, with Charlie in it."""
    charlie = factories.person("charlie@globex.example", "Charlie Stone")
    return factories.business_account("Globex", administrator=charlie, now=now)


@pytest.fixture
def alice(acme: BusinessAccount) -> User:
    return User.objects.get(email="alice@acme.example")


@pytest.fixture
def bob(acme: BusinessAccount) -> User:
    user = factories.person("bob@acme.example", "Bob Lindt")
    factories.member(acme, user, Role.LICENSE_MANAGER)
    return user


@pytest.fixture
def mia(acme: BusinessAccount) -> User:
    user = factories.person("mia@acme.example", "Mia Chen")
    factories.member(acme, user)
    return user


@pytest.fixture
def charlie(globex: BusinessAccount) -> User:
    return User.objects.get(email="charlie@globex.example")


@pytest.fixture
def dora(db: None) -> User:
    return factories.person("dora@winter.example", "Dora Winter")


@pytest.fixture
def sam(db: None) -> User:
    """The vendor's staff, with two-step sign-in."""
    user = factories.person("sam@portal.example", "Sam Staff")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    TOTP.activate(user, generate_totp_secret())
    OutboxMail.objects.filter(to=user.email).delete()  # which told Sam of it
    return user


@pytest.fixture
def desk(sam: User, sign_in: SignIn) -> Client:
    """Sam's browser."""
    return sign_in(sam)


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which `user` is signed in; `proven_at` is when they last typed the password."""

    def signed_in(user: User, *, proven_at: float | None = None) -> Client:
        browser = Client()
        browser.force_login(user)
        session = browser.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time() if proven_at is None else proven_at}
        ]
        session["account_authentication_methods_user"] = user_id_to_str(user)
        session.save()
        return browser

    return signed_in


def membership_of(user: User, account: BusinessAccount) -> Membership:
    return Membership.objects.select_related("account", "user").get(user=user, account=account)
