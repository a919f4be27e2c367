"""One look at a page: accessible in both themes, and nothing cut off, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import axe_playwright_python
from playwright.sync_api import Page

HTML_BYTES: Final = 60_000
WIDTHS: Final = (1280, 390)
_AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# Colors fade from theme to theme; what counts is where they end.
_STILL: Final = """
new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
.then(() => Promise.allSettled(document.getAnimations().map(each => each.finished)))
.then(() => null)
"""
_SETTLE_MS: Final = 600
# The theme changes colors only, so that all other rules need one theme.
_EVERYTHING: Final = "axe.run().then(found => found.violations)"
_COLORS: Final = "axe.run({runOnly: ['color-contrast']}).then(found => found.violations)"


def look_at(page: Page, addresses: list[str]) -> list[str]:
    """Visit each address and look; what is wrong, in words."""
    wrong = []
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        assert response.status < 500, address
        assert page.url.endswith(address), f"{address} led to {page.url}"
        if (size := len(response.body())) > HTML_BYTES:
            wrong.append(f"{address}: {size} bytes of HTML")
        wrong += look(page, address)
    return wrong


def look(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it stands, in words."""
    wrong = []
    page.evaluate(f"() => {{ {_AXE} }}")
    for scheme, rules in (("light", _EVERYTHING), ("dark", _COLORS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(_STILL)
            found = page.evaluate(rules)
            if found:  # on a busy machine a theme is painted late: what is wrong stays wrong
                page.wait_for_timeout(_SETTLE_MS)
                found = page.evaluate(rules)
            wrong += [f"{name} {scheme} {width}: {_told(each)}" for each in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{name} {scheme} {width}: scrolls sideways")
    page.emulate_media(color_scheme="light")
    return wrong


def _told(violation: dict[str, Any]) -> str:
    first = violation["nodes"][0]
    why = " ".join(str(first["failureSummary"]).split())
    return f"{violation['id']} {first['html'][:140]} {why[:200]}"
