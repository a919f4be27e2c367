"""A page loads one stylesheet and one script, and a first visit stays light."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests.architecture import source

pytestmark = pytest.mark.django_db
_LOADED: Final = re.compile(r'<(?:link|script)\b[^>]*\b(?:href|src)="(/static/[^"]+)"')
_PICTURED: Final = re.compile(r'<use href="(/static/[^"#]+)')
# Page → bytes raw, bytes sent and requests of a first visit, the font's bytes aside. Measured on
# 2026-11-24: sign-in 63,512, 15,674 and 7; the guide, which loads htmx, 103,197, 28,924 and 7.
MAX_SIGN_IN: Final = (65_000, 17_000, 8)
MAX_GUIDE: Final = (106_000, 31_000, 8)


def first_visit(client: Client, name: str) -> tuple[int, int, int]:
    """Bytes raw, bytes sent, and requests, counting the font as a request only."""
    page = client.get(reverse(name))
    files = set(_LOADED.findall(page.content.decode())) | set(
        _PICTURED.findall(page.content.decode())
    )
    contents = [_static(path) for path in files if not path.endswith(".woff2")]
    raw = [page.content, *contents]
    return sum(map(len, raw)), sum(len(gzip.compress(each, 6)) for each in raw), 1 + len(files)


def _static(path: str) -> bytes:
    found = finders.find(urlsplit(path).path.removeprefix("/static/"))
    assert isinstance(found, str), path
    return Path(found).read_bytes()


@pytest.mark.parametrize(("name", "most"), [("account_login", MAX_SIGN_IN), ("guide", MAX_GUIDE)])
def test_a_first_visit_is_light(client: Client, name: str, most: tuple[int, int, int]) -> None:
    found = first_visit(client, name)

    assert all(each <= limit for each, limit in zip(found, most, strict=True)), found


def test_a_page_loads_one_stylesheet_and_one_script(client: Client) -> None:
    page = client.get(reverse("account_reset_password")).content.decode()

    assert re.findall(r'rel="stylesheet" href="([^"]+)"', page) == ["/static/css/portal.css"]
    assert re.findall(r'<script[^>]*src="([^"]+)"', page) == ["/static/js/portal.js"]


def test_every_stylesheet_and_behavior_is_in_a_bundle() -> None:
    """All but the staff's records, which load theirs, and the scripts of others."""
    bundled = "".join(
        _static(f"/static/{name}").decode()
        for name in ("css/portal.css", "js/portal.js", "js/passkeys.js")
    )
    missing = {
        source.name(path)
        for path in source.tracked()
        if path.suffix in (".css", ".js") and path.is_relative_to(source.ROOT / "static")
        if "vendor" not in path.parts and path.name != "admin.css"
        if _longest_line(path) not in "".join(bundled.split())
    }

    assert missing == set()


def _longest_line(path: Path) -> str:
    """The longest line of code without its spaces: it stands in a bundle, too."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = ("".join(line.split()) for line in text.splitlines())
    return max((line for line in lines if not line.startswith("//")), key=len)


def test_layers_are_declared_before_they_are_filled() -> None:
    style = _static("/static/css/portal.css").decode()

    assert style.index("@layer tokens,base,layouts,elements;") < style.index("@layer tokens{")
    assert "/*" not in style


def test_other_names_are_left_to_other_finders() -> None:
    assert finders.find("css/nothing.css") is None
    assert finders.find("css/portal.css", find_all=True) == [finders.find("css/portal.css")]
