"""Slips in domains are pointed out; real domains that look like slips are left alone."""

from __future__ import annotations

import pytest

from accounts.identity import typos


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dana@gmial.com", "dana@gmail.com"),
        ("dana@gmal.com", "dana@gmail.com"),
        ("dana@gmaill.com", "dana@gmail.com"),
        ("dana@gnail.com", "dana@gmail.com"),
        ("dana@outlok.com", "dana@outlook.com"),
        ("dana@acme.con", "dana@acme.com"),
        ("dana@acme.comm", "dana@acme.com"),
        ("dana@acme.exmaple", "dana@acme.example"),
    ],
)
def test_a_slip_is_pointed_out(typed: str, meant: str) -> None:
    assert typos.suggestion(typed, known=["acme.example"]) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "dana@gmail.com",
        "dana@mail.com",
        "dana@acme.example",
        "dana@gmx.com",
        "dana@winter.example",
        "dana@sub.gmail.com",
    ],
)
def test_what_looks_right_is_left_alone(typed: str) -> None:
    assert typos.suggestion(typed, known=["acme.example"]) == ""
