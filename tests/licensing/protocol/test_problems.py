"""Codes are a promise: every refusal that an instance can meet is described, with its status."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.errors import DomainError, LimitReached
from licensing.activation.errors import InstanceInOtherAccount, NotLicensed
from licensing.enrollment.errors import EnrollmentEnded
from licensing.licenses.errors import (
    KeyNotInAccount,
    KeyRevoked,
    LicenseNotUsable,
    NoSeatsLeft,
    TrialUsed,
    VersionNotCovered,
)
from licensing.protocol import problems
from licensing.protocol.problems import ApiProblem

MET_BY_INSTANCES = [
    LimitReached,
    EnrollmentEnded,
    InstanceInOtherAccount,
    KeyNotInAccount,
    KeyRevoked,
    LicenseNotUsable,
    NoSeatsLeft,
    NotLicensed,
    VersionNotCovered,
]


@pytest.mark.parametrize("refusal", MET_BY_INSTANCES)
def test_every_refusal_of_an_instance_has_its_entry(refusal: type[DomainError]) -> None:
    assert refusal.code in problems.PROBLEM_TYPES


def test_a_refusal_without_an_entry_is_a_conflict_with_its_own_code() -> None:
    problem = problems.of_refusal(TrialUsed())

    response = problems.answer(RequestFactory().get("/api/v1/instance"), problem)

    assert response.status_code == 409
    assert b'"code": "trial_used"' in response.content
    assert b"already had its trial" in response.content


@pytest.mark.parametrize("code", problems.PROBLEM_TYPES)
def test_every_kind_says_what_is_so_without_a_stop(code: str) -> None:
    kind = problems.PROBLEM_TYPES[code]

    assert 400 <= kind.status < 600
    assert not str(kind.title).endswith(".")
    assert not kind.todo or str(kind.todo).endswith(".")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_request"),
        (404, "not_found"),
        (418, "refused"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "unavailable"),
    ],
)
def test_a_bare_status_finds_its_code(status: int, code: str) -> None:
    assert problems.of_status(status).code == code


def test_problems_can_be_told_apart_and_raised() -> None:
    first, second = ApiProblem("refused"), ApiProblem("refused")

    assert first != second
    with pytest.raises(ApiProblem):
        raise first
