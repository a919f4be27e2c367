"""Takes the pictures in docs/screenshots from a running portal with the demonstration in it.

python -m tests.journeys.screenshots http://localhost:8000 alice@acme.example PASSWORD
"""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import FLAGS

OUT: Final = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DESK: Final = (1200, 800)
PHONE: Final = (390, 800)
RECOMMENDATION: Final = (
    "/start/?task=activate&instance=first&sign=sales&invited=no&email_known=yes&login=works"
)


def main(origin: str, email: str, password: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for size, suffix in ((DESK, ""), (PHONE, "-phone")):
            before_signing_in(_page(browser, origin, size), suffix)
            code_page(_page(browser, origin, size), suffix)
        take(_page(browser, origin, DESK, color_scheme="dark"), "sign-in-dark", "/accounts/login/")
        invited = invitation(_page(browser, origin, DESK), _page(browser, origin, DESK))
        take(_page(browser, origin, PHONE), "invitation-phone", invited)
        of_an_account(browser, origin, email, password)
        browser.close()


def take(page: Page, name: str, address: str = "") -> None:
    if address:
        page.goto(address)
    page.wait_for_timeout(300)
    page.screenshot(path=OUT / f"{name}.png", full_page=False)


def before_signing_in(page: Page, suffix: str) -> None:
    take(page, f"sign-in{suffix}", "/accounts/login/")
    take(page, f"question{suffix}", "/start/?task=activate&instance=first")
    take(page, f"recommendation{suffix}", RECOMMENDATION)


def code_page(page: Page, suffix: str) -> None:
    page.goto("/accounts/signup/")
    page.locator("[name=name]").fill("Dana Reyes")
    page.locator("[name=email]").fill(f"dana.{secrets.token_hex(2)}@initech.example")
    page.locator("[name=password1]").fill(secrets.token_urlsafe(16))
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    take(page, f"code{suffix}")


def invitation(mailbox: Page, page: Page) -> str:
    """The mail of an invitation that still waits, and the page behind its link."""
    mailbox.goto("/mailbox/")
    mailbox.get_by_role("link", name=" invited you to ").first.click()
    mailbox.wait_for_url("**/mailbox/*/")
    link = mailbox.locator("main a[href*='/invitations/']").first.get_attribute("href") or ""
    take(mailbox, "mailbox")
    take(mailbox, "mail", f"{mailbox.url}html/")
    take(page, "invitation", link)
    return link


def of_an_account(browser: Browser, origin: str, email: str, password: str) -> None:
    page = _page(browser, origin, DESK)
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/**")
    overview = page.url
    take(page, "overview", overview)
    take(page, "members", f"{overview}members/")
    page.emulate_media(color_scheme="dark")
    take(page, "overview-dark", overview)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    take(page, "overview-phone", overview)
    take(page, "members-phone", f"{overview}members/")


def _page(browser: Browser, origin: str, size: tuple[int, int], **options: Any) -> Page:
    viewport: Any = {"width": size[0], "height": size[1]}
    return browser.new_context(base_url=origin, viewport=viewport, **options).new_page()


if __name__ == "__main__":
    main(*sys.argv[1:])
