"""The pages nobody wants to see: calm, accessible, and with a way on (issue 2, point 9)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts import limits
from accounts.directory.models import BusinessAccount, User
from onboarding.support.forms import SupportForm
from tests.journeys.page_checks import look
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_member_without_the_right_is_told_whom_to_ask(
    page: Page, acme: BusinessAccount, mia: User
) -> None:
    sign_in(page, mia.email)
    page.wait_for_url("**/b/**")
    answer = page.goto(f"/b/{acme.slug}/settings/")

    assert answer
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("Ask an administrator of Acme Corp")
    assert look(page, "403") == []


def test_a_page_that_is_not_there(page: Page, acme: BusinessAccount, mia: User) -> None:
    sign_in(page, mia.email)
    page.wait_for_url("**/b/**")
    answer = page.goto("/b/globex/")

    assert answer
    assert answer.status == 404
    assert look(page, "404") == []


def test_a_garbled_address(page: Page) -> None:
    answer = page.goto("/start/?task=%00")

    assert answer
    assert answer.status == 400
    assert look(page, "400") == []


def test_a_form_that_grew_old(page: Page) -> None:
    page.goto("/support/")
    page.context.clear_cookies()
    send_a_message(page)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert look(page, "old form") == []


def test_a_limit_says_how_long_to_wait(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "consume", lambda *_args, **_key: False)
    page.goto("/support/")
    send_a_message(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("too many")
    assert look(page, "429") == []


def test_a_page_that_breaks_says_so_calmly(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_fields: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(SupportForm, "__init__", broken)
    logging.disable(logging.CRITICAL)
    try:
        answer = page.goto("/support/")
    finally:
        logging.disable(logging.NOTSET)

    assert answer
    assert answer.status == 500
    assert "broken on purpose" not in page.content()
    assert look(page, "500") == []


def send_a_message(page: Page) -> None:
    page.locator("[name=email]").fill("dora@winter.example")
    page.locator("[name=subject]").fill("No code")
    page.locator("[name=message]").fill("I waited for an hour.")
    page.locator("form:has([name=message]) button[type=submit]").first.click()
