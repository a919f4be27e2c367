"""A real browser before the running portal: its console stays clean, nothing leaves the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000  # only a broken page takes that long; a busy machine may take seconds
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for each worker of the run."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("The journeys need Chromium: install Debian's package chromium.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def portal(live_server: LiveServer, settings: Settings) -> str:
    """The portal's origin, as people see it."""
    cache.clear()
    settings.PORTAL_ORIGIN = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    return str(live_server.url)


@pytest.fixture
def new_page(browser: Browser, portal: str) -> Iterator[NewPage]:
    """Opens pages in fresh browser profiles; in the end, nothing may have gone wrong in one."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(base_url=portal, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                wrong.append(asked.url)
                if not asked.url.startswith((portal, "data:", "blob:"))
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    # Chromium reports refusals that a page is meant to give (403, 404 …) on the console, too.
    assert [text for text in wrong if "Failed to load resource" not in text] == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()
