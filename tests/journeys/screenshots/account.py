"""Pictures of a business account: what Acme owns, runs and has agreed on."""

from __future__ import annotations

from tests.journeys.screenshots.camera import Camera


def take(camera: Camera) -> None:
    page = camera.page()
    camera.sign_in(page, "alice@acme.example")
    here = page.url
    camera.take_all(page, "overview", here, dark=True)
    camera.take_all(page, "members", f"{here}members/")
    camera.take_all(page, "licenses", f"{here}licenses/", tallest=1100)
    page.get_by_role("link", name="100 seats").first.click()
    camera.take(page, "license", tallest=1300)
    camera.take(page, "instances", f"{here}instances/", tallest=1100)
    page.get_by_role("link", name="Vienna").first.click()
    page.locator("svg.chart, .chart svg").first.wait_for()
    camera.take_all(page, "instance", dark=True, tallest=1300)
