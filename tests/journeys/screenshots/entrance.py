"""Pictures from before signing in: the guide, the entrance, an invitation."""

from __future__ import annotations

import secrets
from typing import Final

from playwright.sync_api import Page

from tests.journeys.screenshots.camera import Camera

_RECOMMENDATION: Final = (
    "/start/?task=activate&instance=first&sign=sales&invited=no&email_known=yes&login=works"
)


def take(camera: Camera) -> None:
    page = camera.page()
    camera.take_all(page, "sign-in", "/accounts/login/", dark=True)
    camera.take_all(page, "recommendation", _RECOMMENDATION)
    _code(camera)
    _invitation(camera)


def _code(camera: Camera) -> None:
    page = camera.page()
    page.goto("/accounts/signup/")
    page.locator("[name=name]").fill("Dana Reyes")
    page.locator("[name=email]").fill(f"dana.{secrets.token_hex(2)}@initech.example")
    page.locator("[name=password1]").fill(secrets.token_urlsafe(16))
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    camera.take_all(page, "code")


def _invitation(camera: Camera) -> None:
    """The mail of one that still waits, and the page behind its link."""
    mailbox: Page = camera.page()
    mailbox.goto("/mailbox/")
    mailbox.get_by_role("link", name=" invited you to ").first.click()
    mailbox.wait_for_url("**/mailbox/*/")
    link = mailbox.locator("main a[href*='/invitations/']").first.get_attribute("href") or ""
    camera.take(mailbox, "mailbox")
    camera.take(mailbox, "mail", f"{mailbox.url}html/")
    camera.take_all(camera.page(), "invitation", link)
