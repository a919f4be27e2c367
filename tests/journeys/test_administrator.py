"""Journey: the administrator. Invite many, resend, revoke, answer a request, block (SPEC 3)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from accounts.outbox import delivery
from accounts.outbox.models import OutboxMail
from tests import factories
from tests.architecture.routes import EMBEDDED
from tests.journeys.conftest import NewPage
from tests.journeys.page_checks import look
from tests.journeys.steps import button, sign_in
from tests.personas import membership_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path) -> None:
    """The mailbox is where mails land, and its pages exist."""
    settings.PORTAL_DATA_DIR = tmp_path
    settings.PORTAL_MAILBOX = True
    settings.ROOT_URLCONF = EMBEDDED
    settings.EMAIL_BACKEND = "onboarding.embedded.mailbox.EmailBackend"


def members_page(page: Page, account: BusinessAccount, email: str) -> None:
    sign_in(page, email)
    page.wait_for_url(f"**/b/{account.slug}/")
    page.goto(f"/b/{account.slug}/members/")


def line_of(page: Page, text: str) -> str:
    """The row of a table that speaks of `text`."""
    return page.get_by_role("row").filter(has_text=text).inner_text()


def test_alice_follows_her_invitations_from_sending_to_taking_them_back(
    page: Page, embedded: None, acme: BusinessAccount, alice: User
) -> None:
    members_page(page, acme, alice.email)
    page.get_by_role("link", name="Invite people").first.click()
    page.locator("[name=emails]").fill("eve@acme.example, ada@acme.example\nnonsense")
    page.locator("[name=role][value=license_manager]").check()
    page.locator("form:has([name=emails]) button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("nonsense")
    wrong = look(page, "results of inviting")

    page.goto(f"/b/{acme.slug}/members/")
    assert "Waiting to be sent" in line_of(page, "eve@acme.example")
    delivery.deliver_due()
    page.reload()
    assert "Sent" in line_of(page, "eve@acme.example")

    button(page, "Send the invitation to eve@acme.example again")
    expect(page.get_by_role("status")).to_contain_text(
        "sending the invitation to eve@acme.example again"
    )
    page.get_by_role("link", name="Revoke the invitation to ada@acme.example").click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("status")).to_contain_text("ada@acme.example was revoked")
    assert "Revoked" in line_of(page, "ada@acme.example")
    assert Invitation.objects.get(email="ada@acme.example").revoked_at
    assert OutboxMail.objects.filter(to="eve@acme.example").count() == 2
    assert wrong == []


def test_alice_answers_requests_to_join(
    page: Page, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.join_request(acme, "dora@winter.example", now=now, name="Dora Winter")
    factories.join_request(acme, "gus@acme.example", now=now, name="Gus Adler")
    members_page(page, acme, alice.email)

    button(page, "Approve Dora Winter")
    expect(page.get_by_role("status")).to_contain_text("Dora Winter was invited")
    button(page, "Decline Gus Adler")
    expect(page.get_by_role("status")).to_contain_text("They aren't notified")

    assert Invitation.objects.get().email == "dora@winter.example"
    assert not OutboxMail.objects.filter(to="gus@acme.example").exists()


def test_a_blocked_member_is_out_at_once_and_back_by_undo(
    new_page: NewPage, portal: str, acme: BusinessAccount, alice: User, mia: User
) -> None:
    page, hers = new_page(), new_page()
    sign_in(hers, mia.email)
    hers.wait_for_url(f"**/b/{acme.slug}/")

    members_page(page, acme, alice.email)
    page.get_by_role("link", name="Block Mia Chen").click()
    button(page, "Block Mia Chen")
    expect(page.get_by_role("status")).to_contain_text("Mia Chen is blocked")
    assert hers.goto(f"/b/{acme.slug}/").status == 403  # type: ignore[union-attr]

    button(page, "Undo")
    expect(page.get_by_role("status")).to_contain_text("no longer blocked")
    assert hers.goto(f"/b/{acme.slug}/").status == 200  # type: ignore[union-attr]
    assert membership_of(mia, acme).blocked_at is None
