"""Takes pictures of a running portal, in browsers that know nothing of one another."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page

OUT: Final = Path(__file__).resolve().parents[3] / "docs" / "screenshots"
DESK: Final = (1280, 800)
PHONE: Final = (390, 800)
_COLORS: Final = 128
_TRIES: Final = 20


class Camera:
    """What all pictures share: the browser, the portal, and how a picture is kept small."""

    def __init__(self, browser: Browser, origin: str, password: str) -> None:
        self.browser, self.origin, self.password = browser, origin, password

    def page(self, size: tuple[int, int] = DESK, **options: Any) -> Page:
        """A page in a fresh browser profile."""
        viewport: Any = {"width": size[0], "height": size[1]}
        context = self.browser.new_context(base_url=self.origin, viewport=viewport, **options)
        return context.new_page()

    def take(self, page: Page, name: str, address: str = "", *, tallest: int = 0) -> None:
        """A picture of the page as it stands, or of `address`; as tall as the page, if told."""
        if address:
            page.goto(address)
        size = page.viewport_size or {"width": DESK[0], "height": DESK[1]}
        if tallest:
            height = min(page.evaluate("document.documentElement.scrollHeight"), tallest)
            page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(300)
        path = OUT / f"{name}.png"
        page.screenshot(path=path)
        page.set_viewport_size(size)
        _make_small(path)

    def take_all(
        self, page: Page, name: str, address: str = "", *, dark: bool = False, tallest: int = 0
    ) -> None:
        """The same at a desk and on a phone, and in the dark where that is worth a picture."""
        self.take(page, name, address, tallest=tallest)
        if dark:
            page.emulate_media(color_scheme="dark")
            self.take(page, f"{name}-dark", tallest=tallest)
            page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        self.take(page, f"{name}-phone")
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})

    def sign_in(self, page: Page, email: str) -> None:
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(self.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def mail_to(self, email: str) -> Page:
        """The newest mail to an address, opened in the mailbox as soon as a worker sent it."""
        page = self.page()
        for _ in range(_TRIES):
            page.goto(f"/mailbox/?to={email}")
            if page.locator("main tbody a").count():
                break
            page.wait_for_timeout(500)
        page.locator("main tbody a").first.click()
        page.wait_for_url(lambda url: "?to=" not in url)
        return page

    def code_for(self, email: str) -> str:
        found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", _main(self.mail_to(email)).inner_text())
        assert found, f"no code for {email}"
        return found.group()


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def _main(page: Page) -> Locator:
    return page.locator("main")


def _make_small(path: Path) -> None:
    """With ImageMagick at hand a picture takes a third; without, it stays as it is."""
    convert = shutil.which("convert")
    if convert:
        few = ["+dither", "-colors", str(_COLORS), "-define", "png:compression-level=9", "-strip"]
        subprocess.run([convert, str(path), *few, f"png8:{path}"], check=True)
