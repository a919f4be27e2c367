"""A whole journey with secrets that stand out: none of them is found where it may not be."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.enrollment.actions import enrollment
from tests import mails
from tests.licensing import license_factories
from tests.licensing.activation.device.console import ASK, POLL, asking, polling, send

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
EMAIL: Final = "dana@initech.example"
FIRST: Final = "cobalt marmot thirteen kites"
SECOND: Final = "amber lantern seven otters"
# A mail's text stands in the outbox until it is sent, and is wiped then.
_MAIL: Final = frozenset({"accounts_outboxmail.text", "accounts_outboxmail.html"})


@dataclass
class Secrets:
    """Each secret of the journey, and the columns in which it may stand."""

    where: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, secret: str, *columns: str, mailed: bool = False) -> str:
        assert len(secret) >= 8, secret
        self.where[secret] = frozenset(columns) | (_MAIL if mailed else frozenset())
        return secret


def test_no_secret_stands_where_it_may_not(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets()
    with capture_logs() as events, caplog.at_level(logging.INFO):
        dana = _get_in(secrets)
        account = BusinessAccount.objects.get()
        _invite(secrets, account, dana)
        _activate(secrets, account, dana, now)
        _reset(secrets)

    logged = f"{events}{caplog.messages}"
    assert len(secrets.where) >= 10
    assert [secret for secret in secrets.where if secret in logged] == []
    for secret, columns in secrets.where.items():
        assert _columns_with(secret) <= columns, secret


def _get_in(secrets: Secrets) -> User:
    browser = Client()
    form = {"name": "Dana Reyes", "email": EMAIL, "password1": secrets.add(FIRST)}
    browser.post("/accounts/signup/", form)
    code = mails.code_in(mails.latest(EMAIL))
    browser.post("/accounts/confirm-email/", {"code": secrets.add(code, mailed=True)})
    browser.post("/b/new/", {"name": "Initech"})
    dana = User.objects.get(email=EMAIL)
    TOTP.activate(dana, secrets.add(generate_totp_secret()))
    return dana


def _invite(secrets: Secrets, account: BusinessAccount, dana: User) -> None:
    browser = Client()
    browser.force_login(dana)
    form = {"emails": "eve@initech.example", "role": "member"}
    browser.post(f"/b/{account.slug}/members/invite/", form)
    token = Invitation.objects.get().token
    Client().get(f"/invitations/{secrets.add(token, mailed=True)}/")


def _activate(secrets: Secrets, account: BusinessAccount, dana: User, now: datetime) -> None:
    key = license_factories.primary_key(license_factories.subscription(account, now=now))
    made = enrollment.make(
        account=account,
        key=key,
        name="Image",
        uses=1,
        expires_at=now + timedelta(days=1),
        by=dana,
        now=now,
    )
    secrets.add(made.secret)
    secrets.add(key.code, "licensing_key.code")
    codes = send(ASK, asking()).json()
    # A person compares the console's code with the page's, so that the portal has to know it.
    secrets.add(codes["user_code"], "licensing_activationrequest.user_code")
    request = ActivationRequest.objects.get()
    requests.approve(
        request=request, account=account, choice=ApprovalChoice(key=key), by=dana, now=now
    )
    got = send(POLL, polling(secrets.add(codes["device_code"]))).json()
    Client().get("/api/v1/instance", headers={"Authorization": f"Bearer {got['access_token']}"})
    secrets.add(got["access_token"])


def _reset(secrets: Secrets) -> None:
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": EMAIL})
    link = mails.link_in(mails.latest(EMAIL), "/password/reset/key/")
    found = re.search(r"/key/([^/?]+)", link)
    assert found
    secrets.add(found[1], mailed=True)
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    secrets.add(SECOND)
    browser.post(form, {"password1": SECOND, "password2": SECOND})
    assert User.objects.get(email=EMAIL).check_password(SECOND)


def _columns_with(secret: str) -> set[str]:
    """Every column of the database that holds it, plain or in base64."""
    spellings = {secret, base64.b64encode(secret.encode()).decode()[: len(secret)]}
    return {name for name, value in _values() if any(each in value for each in spellings)}


def _values() -> Iterator[tuple[str, str]]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {quote(table)}")
            names = [f"{table}.{column[0]}" for column in cursor.description]
            for row in cursor.fetchall():
                yield from zip(names, map(_text, row), strict=True)
    # Compressed in its column.
    yield from (("django_session", str(each.get_decoded())) for each in Session.objects.all())


def _text(value: object) -> str:
    return repr(bytes(value)) if isinstance(value, memoryview) else str(value)
