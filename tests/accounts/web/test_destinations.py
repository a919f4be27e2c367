from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.web.destinations import is_ours, next_url, path_of, with_next

FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "http:///evil.example",
    "https://testserver.evil.example/",
    "https://testserver@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/b/\r\nSet-Cookie: a=b",
    "/b/\x00",
    " /b/\t",
    "http://testserver:99999999/",
    "/" + "a" * 1000,
    "",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_foreign_or_odd_destination_is_ignored(url: str, rf: RequestFactory) -> None:
    assert not is_ours(url)
    assert next_url(rf.get("/", {"next": url})) == ""


@pytest.mark.parametrize("url", ["/activate/?code=ABCD-EFGH", "/b/", "http://testserver/b/"])
def test_our_own_destination_is_carried(url: str, rf: RequestFactory) -> None:
    assert next_url(rf.get("/", {"next": url})) == url
    assert next_url(rf.post("/", {"next": url})) == url


def test_next_is_added_to_a_link() -> None:
    assert with_next("/start/", "/b/?x=1&y=2") == "/start/?next=%2Fb%2F%3Fx%3D1%26y%3D2"
    assert with_next("/start/", "") == "/start/"
    assert with_next("/start/", "/b/", email="a@b.example").startswith("/start/?email=a%40b.")


@pytest.mark.parametrize(
    "url",
    [*FOREIGN, "http://testserver//evil.example/", "http://testserver/\\evil.example/"],
)
def test_the_path_of_an_address_never_leads_away(url: str) -> None:
    assert path_of(url) == ""


def test_the_path_of_our_own_address_keeps_its_query() -> None:
    assert path_of("http://testserver/b/acme/?q=1") == "/b/acme/?q=1"
    assert path_of("/b/") == "/b/"
