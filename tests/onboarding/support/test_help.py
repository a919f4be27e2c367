"""Help is offered by itself after the third failure, in every journey (SPEC A24)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.licensing import license_factories
from tests.onboarding.failing_journeys import (
    JOURNEYS,
    UNKNOWN_ADDRESS,
    WRONG_KEY,
    FailingVisitor,
    password,
    posting,
)
from tests.onboarding.mailbox import mailed_code
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db
HELP = 'id="help"'


@pytest.fixture
def portal(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> FailingVisitor:
    return FailingVisitor(acme, alice, bob, sign_in, now)


def offers_help(page: Response) -> bool:
    assert page.status_code in (200, 404), page
    return HELP in page.content.decode()


@pytest.mark.parametrize("name", JOURNEYS)
def test_the_third_failure_offers_help_with_its_reference(
    portal: FailingVisitor, name: str
) -> None:
    browser, fail = JOURNEYS[name](portal)

    pages = [fail(browser) for _ in range(3)]

    assert [offers_help(page) for page in pages] == [False, False, True]
    links = re.findall(r'href="(/support/\?[^"]*)"', pages[2].content.decode())
    assert set(links) == {f"/support/?reference={pages[2]['X-Request-Id']}"}


def masked(page: Response, email: str) -> str:
    """What two strangers must not be able to tell apart."""
    html = page.content.decode().replace(email, "ADDRESS").replace(email.replace("@", "%40"), "")
    return re.sub(r'value="[^"]{60,}"', "", html).replace(page["X-Request-Id"], "REFERENCE")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/login/", {"login": "", "password": "not this one"}),
        ("/start/find/", {"code": "BCDF-GHJK"}),
        ("/accounts/login/code/confirm/", {"code": "BCDF-GHJK"}),
    ],
)
def test_help_looks_the_same_for_strangers_and_for_people(
    portal: FailingVisitor, address: str, form: dict[str, str]
) -> None:
    pages = []
    for email in (portal.alice.email, UNKNOWN_ADDRESS):
        browser = Client()
        browser.post(address.removesuffix("confirm/"), {"email": email})
        tries = [
            browser.post(address, form | ({"login": email} if "login" in form else {}))
            for _ in range(3)
        ]
        pages.append(masked(tries[2], email))

    assert HELP in pages[0]
    assert pages[0] == pages[1]


def test_failures_on_the_way_in_add_up_whatever_the_page(portal: FailingVisitor) -> None:
    browser, fail = password(portal)
    fail(browser)
    browser.post("/start/key/", {"key": WRONG_KEY})

    page = posting("/activate/", code="BCDF-GHJK")(browser)

    assert offers_help(page)
    assert offers_help(browser.get("/accounts/login/"))
    assert f"/support/?reference={page['X-Request-Id']}" in str(browser.get("/start/").content)


def test_signed_in_another_page_has_a_count_of_its_own(portal: FailingVisitor) -> None:
    browser, fail = JOURNEYS["key_of_license"](portal)
    for _ in range(3):
        fail(browser)

    pages = [browser.get(f"/b/{portal.acme.slug}/"), browser.get("/activate/offline/")]

    assert [offers_help(page) for page in pages] == [False, False]


def test_a_reauthentication_that_works_starts_anew(portal: FailingVisitor) -> None:
    browser, fail = JOURNEYS["password_again"](portal)
    for typed in ("wrong", "wrong", factories.PASSWORD):
        browser.post("/accounts/reauthenticate/", {"password": typed})

    assert not offers_help(fail(browser))


def test_the_right_code_starts_anew(portal: FailingVisitor) -> None:
    browser, fail = JOURNEYS["mailbox_code"](portal)
    fail(browser), fail(browser)
    browser.post("/start/find/", {"code": mailed_code(UNKNOWN_ADDRESS)})

    assert not offers_help(browser.post("/start/key/", {"key": WRONG_KEY}))


def test_a_known_key_starts_anew(portal: FailingVisitor) -> None:
    sold = license_factories.purchase(portal.acme, email="jane@acme.example", now=portal.now)
    browser, fail = JOURNEYS["key"](portal)
    fail(browser), fail(browser)
    browser.post("/start/key/", {"key": license_factories.primary_key(sold.license).code})

    assert not offers_help(fail(browser))


def test_a_known_console_starts_anew(portal: FailingVisitor) -> None:
    browser, fail = JOURNEYS["console_code"](portal)
    fail(browser), fail(browser)
    browser.post("/activate/", {"code": license_factories.request(now=portal.now).user_code})

    assert not offers_help(fail(browser))


def test_signing_in_starts_anew(portal: FailingVisitor) -> None:
    browser, fail = password(portal)
    fail(browser), fail(browser)
    browser.post("/accounts/login/", {"login": portal.alice.email, "password": factories.PASSWORD})

    assert browser.cookies["failures"].value == ""


def test_the_log_says_why_under_the_same_reference_and_no_secret(portal: FailingVisitor) -> None:
    browser, fail = JOURNEYS["key"](portal)

    with capture_logs() as events:
        fail(browser)
        browser.post("/accounts/login/", {"login": UNKNOWN_ADDRESS, "password": "my secret phrase"})

    assert [each["why"] for each in events if each["event"] == "try_failed"] == [
        {"key": ["refused"]},
        {"__all__": ["email_password_mismatch"]},
    ]
    logged = str(events)
    assert [each for each in (UNKNOWN_ADDRESS, "secret phrase", WRONG_KEY) if each in logged] == []


def test_the_support_form_itself_offers_no_help_panel(portal: FailingVisitor) -> None:
    browser, fail = password(portal)
    pages = [fail(browser) for _ in range(3)]
    reference = pages[2]["X-Request-Id"]

    page = browser.get(f"/support/?reference={reference}")

    assert not offers_help(page)
    assert f'name="reference" value="{reference}"' in page.content.decode()


@pytest.mark.parametrize("address", ["/accounts/login/", "/start/", "/start/find/", "/activate/"])
def test_who_has_not_failed_costs_no_query(address: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = Client().get(address)

    assert page.status_code == 200
    assert len(queries) == 0
