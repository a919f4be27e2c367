"""Heads that Django fails to read, before any middleware; tests/limits/test_http.py has more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.limits.raw_http import ask

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize(
    "odd",
    [
        {"CONTENT_TYPE": "text/plain; x*=nonsense''a"},
        {"CONTENT_TYPE": "text/plain; charset=\x00"},
        {"CONTENT_TYPE": "text/plain; charset=punycode", "QUERY_STRING": "a=\x80"},
        {"CONTENT_LENGTH": "1e9"},
    ],
)
def test_a_head_that_cannot_be_read_is_a_400(odd: dict[str, Any]) -> None:
    assert ask("/support/", method="POST", **odd).status == 400
