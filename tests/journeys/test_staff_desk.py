"""The vendor's desk while somebody is on the phone, in a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims
from accounts.outbox.models import OutboxMail, Status
from licensing.licenses.models import Key
from tests import factories, mails
from tests.journeys.conftest import NewPage
from tests.journeys.steps import button, sign_in_staff
from tests.licensing import license_factories
from tests.personas import membership_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
DESK = "/admin/desk/"
Row = Callable[[str, str], Locator]


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)


@pytest.fixture
def row(page: Page) -> Row:
    """The line with some words in a section of the company's page."""
    return lambda section, words: page.locator(f"#{section} tbody tr", has_text=words)


def find(page: Page, words: str, company: BusinessAccount) -> None:
    """From anywhere at the desk to the company's story, by what a caller says."""
    page.goto(DESK)
    page.locator("[name=q]").fill(words)
    button(page, "Search")
    page.locator("#companies").get_by_role("link", name=company.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(company.name)


def test_a_mistyped_address_is_put_right_while_the_buyer_waits(
    page: Page, row: Row, dora: User, sam: User, now: datetime
) -> None:
    account = factories.business_account("Winter Ltd", administrator=dora, now=now)
    account.memberships.all().delete()
    bought = license_factories.purchase(
        account, email="jane@wniter.example", now=now, order_number="N-4711"
    )
    factories.invitation(account, "jane@wniter.example", by=None, now=now, role="administrator")
    code = Key.objects.get(license=bought.license).code
    sign_in_staff(page, sam, to=DESK)

    for words in ("N-4711", code.lower(), "wniter.example", "jane@wniter.example", "winter"):
        find(page, words, account)
    row("purchases", "N-4711").get_by_role("link", name="Correct the email").click()
    page.locator("[name=email]").fill("jane@winter")
    button(page, "Correct the email")
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    page.locator("[name=email]").fill("Jane@winter.example")
    button(page, "Correct the email")

    expect(page.get_by_role("heading", level=1)).to_have_text("Winter Ltd")
    expect(row("purchases", "N-4711")).to_contain_text("Jane@winter.example")
    expect(row("invitations", "Jane@winter.example")).to_contain_text("Waiting to be sent")
    expect(page.locator("#activity")).to_contain_text("Sam Staff")
    assert "Winter Ltd" in mails.latest("jane@winter.example", "invitation").text
    row("invitations", "Jane@winter.example").get_by_role("button", name="Send again").click()
    expect(page.locator("main")).to_contain_text("sending the invitation")


def test_a_mail_that_waits_goes_out_now_or_is_taken_back(
    page: Page, row: Row, acme: BusinessAccount, sam: User, now: datetime
) -> None:
    for name in ("first", "second"):
        outbox.post(
            kind="test",
            to=f"{name}@acme.example",
            subject=f"The {name}",
            text="",
            html="",
            account=acme,
            now=now,
        )
    OutboxMail.objects.update(next_attempt_at=now + timedelta(hours=1))
    sign_in_staff(page, sam, to=DESK)
    find(page, "acme", acme)

    row("mails", "The first").get_by_role("button", name="Try now").click()
    expect(page.locator("main")).to_contain_text(
        "We're trying to send the email to first@acme.example again"
    )
    row("mails", "The second").get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Keep sending it").click()
    expect(row("mails", "The second")).to_contain_text("Queued")
    row("mails", "The second").get_by_role("link", name="Cancel").click()
    page.locator("main form").get_by_role("button").click()

    expect(page.locator("main")).to_contain_text("The email to second@acme.example won't be sent.")
    first, second = OutboxMail.objects.order_by("pk")
    assert first.next_attempt_at is not None
    assert first.next_attempt_at < now + timedelta(hours=1)
    assert second.status == Status.CANCELLED


def test_a_person_is_signed_out_kept_out_and_let_in_again(
    page: Page, row: Row, acme: BusinessAccount, mia: User, sam: User
) -> None:
    sign_in_staff(page, sam, to=DESK)
    find(page, "mia@acme.example", acme)

    row("members", "Mia Chen").get_by_role("button", name="Sign out everywhere").click()
    expect(page.locator("main")).to_contain_text("Mia Chen is signed out everywhere.")
    row("members", "Mia Chen").get_by_role("link", name="Disable").click()
    button(page, "Disable Mia Chen")
    expect(row("members", "Mia Chen")).to_contain_text("Disabled")
    row("members", "Mia Chen").get_by_role("button", name="Enable").click()
    expect(row("members", "Mia Chen")).to_contain_text("Active")
    row("members", "Alice Reyes").get_by_role("link", name="Disable").click()
    expect(page.locator("main")).to_contain_text("last")
    expect(page.get_by_role("button", name="Disable Alice Reyes")).to_have_count(0)

    find(page, "acme", acme)
    for told in ("signed Mia Chen out", "disabled the sign-in of", "enabled the sign-in of"):
        expect(page.locator("#activity")).to_contain_text(told)


def test_a_claim_that_nobody_objected_to_is_granted(
    page: Page, row: Row, acme: BusinessAccount, mia: User, sam: User, now: datetime
) -> None:
    claims.make(account=acme, by=mia, reason="Alice left.", now=now - timedelta(days=15))
    sign_in_staff(page, sam, to=DESK)

    expect(page.locator("main")).to_contain_text("Alice left.")
    page.get_by_role("link", name="Grant").click()
    page.locator("main form").get_by_role("button").click()

    expect(page.locator("main")).to_contain_text("Mia Chen is now an administrator.")
    assert membership_of(mia, acme).may_manage_account
