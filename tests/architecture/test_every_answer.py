"""Everyone opens every address: no answer lacks its headers, type, safe cookies and redirects."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.architecture import two_companies as worlds
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.two_companies import TwoCompanies

pytestmark = pytest.mark.django_db
ORIGIN: Final = {"origin": "https://evil.example"}
# What anybody may keep: the same for everyone, and not about a session.
PUBLISHED: Final = (
    "/.well-known/",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/robots.txt",
    "/favicon.ico",
)
FORM: Final = "application/x-www-form-urlencoded"


@pytest.fixture(params=["stranger", "alice", "staff2"])
def answers(request: Any, settings: Any) -> dict[str, Any]:
    """Method and path → what it answered; what it did is undone."""
    settings.ROOT_URLCONF = EMBEDDED
    world = worlds.make(timezone.now())
    browser = world.browser(request.param)
    return {
        f"{method} {path}": _open(browser, method, path)
        for path in _paths(world)
        for method in ("GET", "POST")
    }


def _paths(world: TwoCompanies) -> list[str]:
    return [route.path(world, case) for route in all_routes() for case in route.cases()]


def _open(browser: Client, method: str, path: str) -> Any:
    if settings.REDIS_URL:
        cache.clear()  # nobody is refused for opening too much
    cookies = SimpleCookie(browser.cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = browser.generic(method, path, "", FORM, headers=ORIGIN)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def test_no_answer_lacks_its_armor(answers: dict[str, Any]) -> None:
    assert len(answers) > 200
    for name, answer in answers.items():
        _has_its_headers(name, answer)
        _says_its_type(name, answer)
        _sets_cookies_for_the_server_alone(name, answer)
        _leads_nowhere_else(name, answer)
        _is_kept_by_nobody(name, answer)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.env",
        "/manage.py",
        "/onboarding/settings.py",
        "/var/portal.sqlite3",
        "/var/license_keys.json",
        "/uploads/",
        "/static/",
        "/static/js/",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/templates/base.html",
        "/requirements.lock",
        "/metrics",
    ],
)
def test_nothing_else_of_the_project_is_served(path: str) -> None:
    assert Client().get(path).status_code == 404


def _has_its_headers(name: str, answer: Any) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy, name
    assert "frame-ancestors 'none'" in policy, name
    assert "unsafe" not in policy, name
    assert answer["X-Content-Type-Options"] == "nosniff", name
    assert answer["Referrer-Policy"] in ("same-origin", "strict-origin"), name
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
    assert answer["X-Request-Id"], name
    assert not [header for header in answer.headers if header.startswith("Access-Control-")], name
    assert "Server" not in answer.headers, name


def _says_its_type(name: str, answer: Any) -> None:
    has_body = answer.streaming or answer.content
    kind = answer.get("Content-Type", "")
    if has_body and kind.startswith("text/"):
        assert "charset=utf-8" in kind.replace('"', ""), name
    elif has_body:
        assert kind.startswith("application/") or kind == "image/x-icon", name
    if "attachment" in answer.get("Content-Disposition", ""):
        assert "text/html" not in kind, name


def _sets_cookies_for_the_server_alone(name: str, answer: Any) -> None:
    for cookie in answer.cookies.values():
        assert cookie["httponly"] or not cookie.value, name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
        # A session's key goes to the browser as a cookie and in no other way.
        if cookie.key == settings.SESSION_COOKIE_NAME and cookie.value and not answer.streaming:
            assert cookie.value.encode() not in answer.content, name


def _leads_nowhere_else(name: str, answer: Any) -> None:
    to = answer.get("Location", "")
    assert not to.startswith(("//", "/\\")), name
    assert urlsplit(to).netloc in ("", urlsplit(settings.PORTAL_ORIGIN).netloc), name


def _is_kept_by_nobody(name: str, answer: Any) -> None:
    path = name.partition(" ")[2]
    of_somebody = settings.SESSION_COOKIE_NAME in answer.wsgi_request.COOKIES
    if of_somebody and not path.startswith(PUBLISHED):
        assert "no-store" in answer.get("Cache-Control", ""), name
