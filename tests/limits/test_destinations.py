"""A foreign `next` on every page of the portal: nothing leads away, whatever was asked for."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.architecture import two_companies as worlds
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.two_companies import TwoCompanies
from tests.limits.forms import doors
from tests.limits.sample_portal import SamplePortal

FOREIGN: Final = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)//evil.example",
    "/\t/evil.example/",
    "http://testserver@evil.example/",
    "https://testserver.evil.example/",
    "/b/\r\nLocation: https://evil.example/",
)
_LED: Final = re.compile(r"""\b(?:href|action|formaction|src)\s*=\s*["']([^"']*)""")


@pytest.fixture
def world(db: None, settings: Any) -> TwoCompanies:
    settings.ROOT_URLCONF = EMBEDDED
    return worlds.make(timezone.now())


@pytest.mark.parametrize("persona", ["stranger", "alice"])
def test_no_page_carries_a_foreign_next(world: TwoCompanies, persona: str) -> None:
    browser = world.browser(persona)
    for route in all_routes():
        if route.text.startswith("admin/"):
            continue
        path = route.path(world, route.cases()[0])
        for foreign in FOREIGN:
            with transaction.atomic():
                answer = browser.get(f"{path}?next={quote(foreign)}")
                transaction.set_rollback(True)

            assert answer.status_code < 500, (path, foreign)
            assert _ways_out(answer) == [], (path, foreign)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_form_leads_away_after_it_did_its_work(portal: SamplePortal, foreign: str) -> None:
    for door in doors(portal):
        with portal.undone():
            answer = portal.submit(door, door.good | {"next": foreign})

        assert answer.status_code == door.answer, door.name
        assert _ways_out(answer) == [], door.name


def test_signing_out_leads_nowhere_else() -> None:
    for foreign in FOREIGN:
        answer = Client().post("/accounts/logout/", {"next": foreign})

        assert answer["Location"] == "/accounts/login/"


def _ways_out(answer: Any) -> list[str]:
    """Every link, form and redirect of the answer that leads to the evil host.

    A page may hand `next` on as it got it: who follows it looks at it, as the forms above prove.
    """
    given = [answer.get("Location", "")]
    if "text/html" in answer.get("Content-Type", ""):
        given += [unescape(found) for found in _LED.findall(answer.content.decode())]
    return [address for address in given if _is_evil(address)]


def _is_evil(address: str) -> bool:
    """As browsers read it: backslashes are slashes, tabs and line breaks aren't there."""
    seen = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    parts = urlsplit(seen)
    return (
        parts.scheme == "javascript"
        or "evil.example" in parts.netloc
        or (parts.scheme in ("http", "https") and "evil.example" in parts.path)
    )
