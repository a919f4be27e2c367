"""What people do again and again, in the words of the pages."""

from __future__ import annotations

import re

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from playwright.sync_api import Page

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from tests import mails
from tests.factories import PASSWORD


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    button(page, "Sign in")


def sign_in_staff(page: Page, staff: User, *, to: str) -> None:
    """Sign in with both steps, on the way to a page of the vendor's own."""
    code = RecoveryCodes.activate(staff).get_unused_codes()[0]
    page.goto(to)
    page.locator("[name=login]").fill(staff.email)
    page.locator("[name=password]").fill(PASSWORD)
    button(page, "Sign in")
    page.locator("[name=code]").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}")


def path_in(mail: OutboxMail, part: str) -> str:
    """The path of the first link in a mail that contains `part`."""
    found = re.search(rf"http://[^/\s]+(\S*{re.escape(part)}\S*)", mail.text)
    assert found, mail.text
    return found.group(1)


def type_the_code(page: Page, email: str) -> None:
    page.locator("[name=code]").fill(mails.code_in(mails.latest(email)))
    page.locator("form:has([name=code]) button.primary, form:has([name=code]) button").first.click()


def say_who(page: Page) -> None:
    """Type the password once more, where a sensitive act asks for it."""
    if "/reauthenticate/" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form:has([name=password]) button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)
