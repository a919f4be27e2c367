"""Pages for strangers do the same work whomever they are asked about: the time tells nothing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount
from accounts.permissions import Role
from licensing.licenses.models import Key
from licensing.purchases.models import Purchase
from tests import factories
from tests.licensing import license_factories
from tests.onboarding.mailbox import prove

pytestmark = pytest.mark.django_db
KNOWN: Final = "mia@acme.example"
UNKNOWN: Final = "nobody@acme.example"
_SAID: Final = re.compile(r"^\s*(\w+).*?\"?((?:accounts?|licensing|django)_\w+)", re.DOTALL)


@pytest.fixture(autouse=True)
def company(acme: BusinessAccount) -> BusinessAccount:
    """Acme with three administrators, a member, and a person whose mailbox isn't proven."""
    for number in range(2):
        person = factories.person(f"administrator{number}@acme.example")
        factories.member(acme, person, Role.ADMINISTRATOR)
    factories.member(acme, factories.person(KNOWN))
    return acme


def work(browser: Client, path: str, **form: str) -> list[str]:
    """What the database is told for one form, as verb and table, one line each."""
    browser.get(path)
    cache.clear()  # where allauth counts
    with CaptureQueriesContext(connection) as captured:
        answer = browser.post(path, form)

    assert answer.status_code == 302, path
    said = (query["sql"] for query in captured.captured_queries)
    return [" ".join(found.groups()) if (found := _SAID.match(sql)) else "" for sql in said]


def test_asking_a_colleague_is_the_same_work_for_every_address() -> None:
    browser = Client()
    prove(browser, "dora@winter.example")

    known, unknown = (
        work(browser, "/start/ask/", colleague=address, name="Dora", message="Let me in.")
        for address in (KNOWN, UNKNOWN)
    )

    assert known == unknown
    assert "INSERT accounts_errand" in known


def test_finding_is_the_same_work_for_every_address() -> None:
    known, unknown = (work(Client(), "/start/find/", email=each) for each in (KNOWN, UNKNOWN))

    assert known == unknown


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_a_reset_and_a_code_are_as_much_work_for_every_address(path: str) -> None:
    known, unknown = (
        [work(Client(REMOTE_ADDR=f"198.51.100.{n}"), path, email=each) for n in range(7)]
        for each in (KNOWN, UNKNOWN)
    )

    work(Client(REMOTE_ADDR="192.0.2.1"), path, email="warm@acme.example")
    assert [len(each) for each in known] == [len(each) for each in unknown]
    mailed = ["INSERT accounts_outboxmail" in each for each in known]
    assert mailed == ["INSERT accounts_outboxmail" in each for each in unknown]
    assert (mailed[0], mailed[-1]) == (True, False), "the limit of an address is met alike, too"


def test_a_key_is_the_same_work_whatever_its_mailbox_is_to_the_account(
    company: BusinessAccount, now: datetime
) -> None:
    jane = factories.person("jane@globex.example")
    lonely = factories.business_account("Globex", administrator=jane, now=now)
    lonely.memberships.all().delete()
    bought = [
        license_factories.purchase(company, email=KNOWN, now=now),
        license_factories.purchase(company, email="left@acme.example", now=now),
        license_factories.purchase(lonely, email="jane@globex.example", now=now),
        license_factories.purchase(None, email="old@winter.example", now=now),
    ]

    member, left, alone, without_account = (
        work(Client(), "/start/key/send/", key=code_of(purchase)) for purchase in bought
    )

    assert member == left == alone == without_account


def code_of(purchase: Purchase) -> str:
    return Key.objects.get(license=purchase.license).code
