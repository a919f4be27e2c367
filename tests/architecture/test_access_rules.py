"""What the table of answers (access.csv) must never say, whoever writes it anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from tests.architecture.access import Answers, read
from tests.architecture.routes import all_routes
from tests.architecture.two_companies import PERSONAS


def test_every_route_has_a_line() -> None:
    known = {route for route, _, _ in read()}
    assert {route.text for route in all_routes()} == known


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
        "instances/<uuid:public_id>/upgrade/",
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
