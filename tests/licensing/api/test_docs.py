"""The description: complete for programs, readable for people, open to all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from licensing.protocol import problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> dict[str, Any]:
    described: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return described


def test_it_is_openapi_3_1_of_this_portal(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://testserver"}]


def test_every_operation_says_how_it_refuses(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for said in methods.values():
            assert {"400", "401", "429", "500", "503"} <= set(said["responses"])
            assert said["security"]
            if "requestBody" in said:
                assert {"413", "415", "422"} <= set(said["responses"])


def test_every_code_of_an_operation_is_explained(document: dict[str, Any]) -> None:
    codes = {
        code
        for methods in document["paths"].values()
        for said in methods.values()
        for code in said["x-refusals"]
    }

    assert codes <= set(problems.PROBLEM_TYPES)


def test_the_page_needs_no_script_and_no_sign_in(document: dict[str, Any]) -> None:
    response = Client().get("/api/v1/docs")

    page = response.content.decode()
    assert response.status_code == 200
    for path in document["paths"]:
        assert f"http://testserver{path}" in page
    for name in ("usage[].peak_users", "acknowledged_through", "Authorization: Bearer"):
        assert name in page


def test_the_address_in_a_problem_leads_to_its_explanation() -> None:
    page = Client().get("/api/v1/docs").content.decode()

    for code in problems.PROBLEM_TYPES:
        assert page.count(f'id="{code}"') == 1, code


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_they_are_only_read(path: str) -> None:
    assert Client().head(path).status_code == 200
    assert Client().post(path).status_code == 405
