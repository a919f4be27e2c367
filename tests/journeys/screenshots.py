"""Takes the pictures in docs/screenshots from a running portal with the demonstration in it.

python -m tests.journeys.screenshots http://localhost:8000 alice@acme.example PASSWORD
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import FLAGS

OUT: Final = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
RECOMMENDATION: Final = (
    "/start/?task=activate&instance=first&sign=sales&invited=no&email_known=yes&login=works"
)


def take(page: Page, name: str, address: str) -> None:
    page.goto(address)
    page.wait_for_timeout(300)
    page.screenshot(path=OUT / f"{name}.png", full_page=False)


def main(origin: str, email: str, password: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        desk, phone = _page(browser, origin, 1200, 800), _page(browser, origin, 390, 800)
        for page, suffix in ((desk, ""), (phone, "-phone")):
            take(page, f"sign-in{suffix}", "/accounts/login/")
            take(page, f"question{suffix}", "/start/?task=activate&instance=first")
            take(page, f"recommendation{suffix}", RECOMMENDATION)
        page = _page(browser, origin, 1200, 800)
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
        browser.close()


def _page(browser: Browser, origin: str, width: int, height: int) -> Page:
    viewport = {"width": width, "height": height}
    return browser.new_context(base_url=origin, viewport=viewport).new_page()  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
