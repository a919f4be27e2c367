"""Everyone knocks at every address with every method, and what happens stands in access.csv.

A new route fails here until it is in the table. Write the table anew, then read every line of the
difference: `PORTAL_ACCESS_TABLE=write python -m pytest tests/architecture/test_access.py -n0`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from tests.architecture import two_companies as worlds
from tests.architecture.access import METHODS, Answers, Knock, read, write
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.two_companies import PERSONAS, TwoCompanies

UNKNOWN: Final = ("PUT", "PATCH", "DELETE", "TRACE", "FOO")
WRITING: Final = os.environ.get("PORTAL_ACCESS_TABLE") == "write"
# Good enough for every form that has to get as far as looking for its object.
BODY: Final = urlencode({"role": "member", "emails": "new@winter.example", "name": "New name"})
FORM: Final = "application/x-www-form-urlencoded"

# What a page may write about the visit itself; anything else is a change of the world.
_VISIT: Final = re.compile(
    r'(UPDATE|INSERT INTO|DELETE FROM) "(django_session|usersessions_usersession|portal_cache)"'
    # allauth notes that a person's recovery codes were shown.
    r'|UPDATE "mfa_authenticator" SET "data"'
)
_WRITE: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b", re.IGNORECASE)


@pytest.fixture
def world(db: None, settings: Any) -> TwoCompanies:
    settings.ROOT_URLCONF = EMBEDDED
    return worlds.make(timezone.now())


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[Knock, Answers]]:
    """What was seen in this run; written down when asked to, and when everyone has knocked."""
    answers: dict[Knock, Answers] = {}
    yield answers
    if WRITING and {persona for _, _, persona in answers} == set(PERSONAS):
        write(answers)


@pytest.mark.django_db
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_address_answers_as_the_table_says(
    persona: str, world: TwoCompanies, seen: dict[Knock, Answers]
) -> None:
    browser = world.browser(persona)
    for route in all_routes():
        for case in route.cases():
            seen[(route.text, case, persona)] = knock(browser, route.path(world, case))

    if not WRITING:
        known = {key: answers for key, answers in read().items() if key[2] == persona}
        assert {key: seen[key] for key in seen if key[2] == persona} == known


def knock(browser: Client, path: str) -> Answers:
    """What each method comes to, as words of the table; whatever they did is undone."""
    cookies = SimpleCookie(browser.cookies.output(header="", sep=";"))
    if settings.REDIS_URL:
        cache.clear()  # nobody is refused for knocking too often
    with transaction.atomic():
        answers = tuple(_word(browser, method, path) for method in METHODS)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answers


def _word(browser: Client, method: str, path: str) -> str:
    with connection.execute_wrapper(_watch(method, path)):
        response = browser.generic(method, path, BODY if method == "POST" else "", FORM)
    assert response.status_code < 500, f"{method} {path}: {response.status_code}"
    location = response.get("Location", "")
    if location.startswith("/accounts/login/"):
        return "sign-in"
    if location.startswith("/accounts/reauthenticate/"):
        return "password"
    return str(response.status_code)


def _watch(method: str, path: str) -> Callable[..., Any]:
    def watched(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if method != "POST" and _WRITE.match(str(sql)) and not _VISIT.match(str(sql)):
            pytest.fail(f"{method} {path} changes something: {str(sql)[:200]}")
        return execute(sql, params, many, context)

    return watched


@pytest.mark.django_db
def test_methods_that_no_page_knows_are_refused_before_anyone_is_recognized(
    world: TwoCompanies, django_assert_num_queries: Any
) -> None:
    """Without a query there is no session, so that nobody needs to knock but Alice."""
    browser = world.browser("alice")
    paths = [route.path(world, case) for route in all_routes() for case in route.cases()]

    with django_assert_num_queries(0):
        answers = {_word(browser, method, path) for path in paths for method in UNKNOWN}

    assert answers == {"405"}
