"""Pictures of journeys 1 and 2: a first instance under a new account, a later one at Acme."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.journeys.console import Console
from tests.journeys.screenshots.camera import Camera, button

_DANA: Final = "dana@initech.example"
_TERMINAL: Final = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 24px 28px; background: #10191c; color: #dfe7e6; }
pre { margin: 0; white-space: pre-wrap; font: 14px/16px "DejaVu Sans Mono", monospace; }
</style><pre>%s</pre>"""


def take(camera: Camera) -> None:
    with _installed("Farm One") as console:
        page = camera.page()
        page.goto(console.activate(camera.origin))
        _from_the_guide_to_a_company(camera, page)
        page.locator("[type=radio][value=trial]").check()
        camera.take(page, "first-license")
        button(page, "Continue")
        camera.take_all(page, "consent", dark=True, tallest=1000)
        button(page, "Approve")
        page.wait_for_url("**/done/")
        camera.take_all(page, "done")
        console.read_until(r"(Checked: signature)")
        _terminal(camera, console.said)
    with _installed("Farm Two") as console:
        _later_instance(camera, console)


def _from_the_guide_to_a_company(camera: Camera, page: Page) -> None:
    camera.take(page, "first-question")
    for name, value in (("instance", "first"), ("sign", "none")):
        page.locator(f"[name={name}][value={value}]").check()
        button(page, "Continue")
    camera.take(page, "first-recommendation", tallest=1000)
    page.locator("form[action*=signup] [name=email]").fill(_DANA)
    page.locator("form[action*=signup] button").click()
    page.locator("[name=name]").fill("Dana Reyes")
    page.locator("[name=password1]").fill(camera.password)
    camera.take(page, "sign-up")
    page.locator("form:has([name=password1]) button[type=submit]").first.click()
    page.locator("[name=code]").fill(camera.code_for(_DANA))
    page.keyboard.press("Enter")
    page.locator("[name=name]").fill("Initech")
    camera.take(page, "company", tallest=1000)
    button(page, "Create business account")


def _later_instance(camera: Camera, console: Console) -> None:
    link = console.activate(camera.origin, "ras2.acme.example")
    page = camera.page()
    page.goto("/activate/")
    page.locator("[name=code]").fill(link[-9:])
    camera.take_all(page, "activate")
    button(page, "Continue")
    for name, value in (("instance", "later"), ("login", "works")):
        page.locator(f"[name={name}][value={value}]").check()
        button(page, "Continue")
    camera.take(page, "later-recommendation", tallest=1000)
    page.locator("main [name=email]").fill("alice@acme.example")
    page.locator("form:has([name=email]) button[type=submit]").first.click()
    page.locator("[name=password]").fill(camera.password)
    camera.take(page, "later-sign-in")
    button(page, "Sign in")
    page.locator("[name=source]").first.wait_for()
    camera.take_all(page, "choose-license", tallest=1200)
    page.locator("[name=source]:not(:disabled)").first.check()
    button(page, "Continue")
    camera.take(page, "later-consent", tallest=1100)
    button(page, "Approve")
    page.wait_for_url("**/done/")
    camera.take(page, "later-done")


def _terminal(camera: Camera, said: str) -> None:
    page = camera.page((820, 300))
    page.set_content(_TERMINAL % html.escape(_with_prompt(said)))
    camera.take(page, "console", tallest=1000)


def _with_prompt(said: str) -> str:
    return "$ ras_console.py activate --portal http://localhost:8000\n" + re.sub(
        r"http://localhost:\d+", "http://localhost:8000", said
    )


@contextmanager
def _installed(name: str) -> Iterator[Console]:
    with tempfile.TemporaryDirectory() as folder:
        console = Console(Path(folder), name)
        try:
            yield console
        finally:
            console.end()
