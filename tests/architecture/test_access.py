"""Everyone knocks at every address with every method, and what happens stands in access.csv.

A new route fails here until it is in the table. Write the table anew, then read every line of the
difference: `PORTAL_ACCESS_TABLE=write python -m pytest tests/architecture/test_access.py -n0`.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from tests.architecture import world as worlds
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.world import PERSONAS, World

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
UNKNOWN: Final = ("PUT", "PATCH", "DELETE", "TRACE", "FOO")
TABLE: Final = Path(__file__).with_name("access.csv")
WRITING: Final = os.environ.get("PORTAL_ACCESS_TABLE") == "write"
# Good enough for every form that has to get as far as looking for its object.
BODY: Final = urlencode({"role": "member", "emails": "new@winter.example", "name": "New name"})
FORM: Final = "application/x-www-form-urlencoded"

Answers = tuple[str, ...]
Knock = tuple[str, str, str]  # route, whose ids, persona

# What a page may write about the visit itself; anything else is a change of the world.
_VISIT: Final = re.compile(
    r'(UPDATE|INSERT INTO|DELETE FROM) "(django_session|usersessions_usersession|portal_cache)"'
    # allauth notes that a person's recovery codes were shown.
    r'|UPDATE "mfa_authenticator" SET "data"'
)
_WRITE: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b", re.IGNORECASE)


@pytest.fixture
def world(db: None, settings: Any) -> World:
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
    persona: str, world: World, seen: dict[Knock, Answers]
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
    world: World, django_assert_num_queries: Any
) -> None:
    """Without a query there is no session, so that nobody needs to knock but Alice."""
    browser = world.browser("alice")
    paths = [route.path(world, case) for route in all_routes() for case in route.cases()]

    with django_assert_num_queries(0):
        answers = {_word(browser, method, path) for path in paths for method in UNKNOWN}

    assert answers == {"405"}


def test_a_stranger_is_sent_to_sign_in_from_every_page_of_an_account() -> None:
    for answers in answers_at(lambda route: route.startswith("b/"), persona="stranger"):
        assert are_only("sign-in", answers)


def test_charlie_learns_nothing_about_acme() -> None:
    for answers in answers_at(_of_an_account, case="acme", persona="charlie"):
        assert are_only("404", answers)


@pytest.mark.parametrize("persona", ["mia", "bob", "alice", "blocked", "staff", "staff2"])
def test_nobody_of_acme_learns_anything_about_globex(persona: str) -> None:
    for answers in answers_at(_of_an_account, case="globex", persona=persona):
        assert are_only("404", answers)


def test_an_object_of_globex_is_not_found_under_acme() -> None:
    """Alice may do everything in Acme, so that only the id can be what stops her."""
    for answers in answers_at(_of_an_account, case="crossed", persona="alice"):
        assert are_only("404", answers)


def test_a_blocked_member_gets_nothing_but_a_refusal() -> None:
    for answers in answers_at(_of_an_account, case="acme", persona="blocked"):
        assert are_only("403", answers)


# What every member sees, and what license managers may do beyond that.
OPEN_TO_MEMBERS: Final = frozenset(
    f"b/<slug:slug>/{page}"
    for page in (
        "",
        "members/",
        "members/leave/",
        "mails/",
        "enrollment/",
        "licenses/",
        "licenses/export/",
        "licenses/<uuid:public_id>/",
        "instances/",
        "instances/export/",
        "instances/<uuid:public_id>/",
    )
)
OF_LICENSES: Final = ("licenses/", "keys/", "instances/", "enrollment/")


@pytest.mark.parametrize("persona", ["mia", "bob"])
def test_members_without_the_right_are_refused(persona: str) -> None:
    def closed(route: str) -> bool:
        managed = persona == "bob" and route.startswith(
            tuple(f"b/<slug:slug>/{part}" for part in OF_LICENSES)
        )
        return _of_an_account(route) and route not in OPEN_TO_MEMBERS and not managed

    for answers in answers_at(closed, case="acme", persona=persona):
        assert are_only("403", answers)


@pytest.mark.parametrize("persona", ["stranger", "charlie", "blocked", "mia"])
def test_whoever_may_not_answer_learns_nothing_of_an_activation(persona: str) -> None:
    for answers in answers_at(
        lambda route: route.startswith("activate/<uuid:public_id>/"), persona=persona
    ):
        assert set(answers) <= {"404", "405", "sign-in"}


def test_a_session_opens_nothing_of_the_interface_for_machines() -> None:
    for persona in PERSONAS:
        for answers in answers_at(
            lambda route: route.startswith("api/v1/") and "docs" not in route, persona=persona
        ):
            assert "201" not in answers


@pytest.mark.parametrize("persona", [each for each in PERSONAS if each != "staff2"])
def test_the_staff_pages_are_for_staff_with_two_steps(persona: str) -> None:
    for answers in answers_at(lambda route: route.startswith("admin/"), persona=persona):
        assert "200" not in answers


def _of_an_account(route: str) -> bool:
    return route.startswith("b/<slug:slug>/")


def are_only(refusal: str, answers: Answers) -> bool:
    return refusal in answers and set(answers) <= {refusal, "405"}


def answers_at(
    wanted: Callable[[str], bool], *, persona: str, case: str | None = None
) -> list[Answers]:
    """The lines of the table for a persona; never none, or the test would prove nothing."""
    found = [
        answers
        for (route, whose, who), answers in read().items()
        if who == persona and wanted(route) and case in (None, whose)
    ]
    assert found
    return found


def read() -> dict[Knock, Answers]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (line["route"], line["ids"], persona): tuple(line[method] for method in METHODS)
            for line in csv.DictReader(file)
            for persona in line["personas"].split()
        }


def write(answers: dict[Knock, Answers]) -> None:
    """One line for those who get the same answers."""
    groups: dict[tuple[str, str, Answers], list[str]] = {}
    for persona in PERSONAS:
        for (route, case, who), given in answers.items():
            if who == persona:
                groups.setdefault((route, case, given), []).append(persona)
    order = {route.text: place for place, route in enumerate(all_routes())}
    lines = sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["route", "ids", "personas", *METHODS])
        for (route, case, given), personas in lines:
            writer.writerow([route, case, " ".join(personas), *given])


def test_every_route_has_a_line() -> None:
    known = {route for route, _, _ in read()}
    assert {route.text for route in all_routes()} == known
