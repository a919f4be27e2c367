"""Takes the pictures in docs/screenshots from a running, fresh portal with the demonstration.

python manage.py seed_demo | python -m tests.journeys.screenshots
"""

from __future__ import annotations

import re
import shutil
import sys

from playwright.sync_api import sync_playwright

from tests.journeys.conftest import FLAGS
from tests.journeys.screenshots import account, activation, entrance, vendor
from tests.journeys.screenshots.camera import OUT, Camera


def main(said: str) -> None:
    """`said` is what seed_demo prints: where the portal is, and how one signs in."""

    def told(pattern: str) -> str:
        found = re.search(pattern, said)
        assert found, f"{pattern} isn't in: {said}"
        return found.group(1)

    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        origin = told(r"Sign in at (\S+?)/accounts/login/")
        camera = Camera(browser, origin, password=told(r"password of all: (.+)"))
        entrance.take(camera)
        account.take(camera)
        activation.take(camera)
        vendor.take(camera, told(r"(\S+) +signs in with the same"), told(r"codes (\w+),"))
        browser.close()


if __name__ == "__main__":
    main(sys.stdin.read())
