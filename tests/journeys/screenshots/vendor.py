"""Pictures of journey 6: a file of purchases, the company that it made, and the desk."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page

from tests.journeys.screenshots.camera import Camera, button
from tests.licensing import sample_purchases

_LINES = 1000


def take(camera: Camera, staff: str, code: str) -> None:
    file = io.StringIO()
    sample_purchases.write(file, lines=_LINES, today=date.today())  # noqa: DTZ011
    page = camera.page()
    page.goto("/admin/desk/")
    page.locator("[name=login]").fill(staff)
    page.locator("[name=password]").fill(camera.password)
    page.keyboard.press("Enter")
    page.locator("[name=code]").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/desk/")
    imported = _import(camera, page, file.getvalue())
    _broken(camera, page, file.getvalue())
    _desk(camera, page)
    _invited(camera, file.getvalue())
    _by_key(camera, file.getvalue())
    # By now mails have gone out, and a company has come in.
    camera.take(page, "upload-summary", imported, tallest=1200)


def _import(camera: Camera, page: Page, purchases: str) -> str:
    """Import them; the address of the page that says what came of it."""
    _upload(page, "purchases-november.csv", purchases)
    page.get_by_text("lines are valid").wait_for()
    camera.take(page, "upload-preview")
    button(page, "Import these purchases")
    page.get_by_text("Imported by").wait_for()
    return page.url


def _broken(camera: Camera, page: Page, purchases: str) -> None:
    lines = purchases.splitlines()[:40]
    lines[4] = lines[4].replace("subscription", "lease").replace("permanent", "lease")
    lines[11] = lines[11].replace("@", " at ")
    _upload(page, "purchases-december.csv", "\n".join(lines))
    page.get_by_text("Nothing was imported").wait_for()
    camera.take(page, "upload-refused")


def _upload(page: Page, name: str, text: str) -> None:
    page.goto("/admin/desk/purchases/")
    page.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    button(page, "Check the file")


def _desk(camera: Camera, page: Page) -> None:
    camera.take(page, "desk-search", "/admin/desk/?q=dover", tallest=1000)
    page.goto("/admin/desk/?q=acme.example")
    page.get_by_role("link", name="Acme Corp").first.click()
    page.locator("#members").wait_for()
    camera.take_all(page, "desk-company", dark=True, tallest=2600)


def _invited(camera: Camera, purchases: str) -> None:
    """The way of a company whose account opened by itself."""
    row = _first(purchases, lambda row: row["channel"] == "reseller")
    mail = camera.mail_to(row["primary_email"])
    link = mail.locator("main a[href*='/invitations/']").first.get_attribute("href") or ""
    camera.take(mail, "vendor-mail", f"{mail.url}html/")
    page = camera.page()
    camera.take(page, "vendor-invitation", link)
    page.locator("[name=name]").fill("Farid Haddad")
    page.locator("[name=password1]").fill(camera.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/**")
    camera.take(page, "vendor-overview", tallest=1300)


def _by_key(camera: Camera, purchases: str) -> None:
    row = _first(purchases, lambda row: bool(row["key"]) and row["channel"] == "sales")
    page = camera.page()
    page.goto("/start/key/")
    page.locator("[name=key]").fill(row["key"])
    page.keyboard.press("Enter")
    page.get_by_text("•••").first.wait_for()
    camera.take(page, "find-key-known")


def _first(purchases: str, fits: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    return next(row for row in csv.DictReader(io.StringIO(purchases)) if fits(row))
