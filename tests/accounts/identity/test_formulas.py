from __future__ import annotations

import pytest

from accounts.identity.formulas import is_formula


@pytest.mark.parametrize(
    "text", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r", "\n=", "＝1", "＠x"]
)
def test_what_a_spreadsheet_would_run(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["", "Acme", "1+1", "'=1", "a=b", "(1)"])
def test_what_it_shows_as_it_is(text: str) -> None:
    assert not is_formula(text)
