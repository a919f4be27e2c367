"""Codes and tokens: found however they are typed, and never to be guessed."""

from __future__ import annotations

import pytest

from licensing.protocol import tokens


@pytest.mark.parametrize(
    "typed",
    [
        "WDJB-MJHT",
        "WDJBMJHT",
        "wdjb-mjht",
        "wdjbmjht",
        " WdJb mJhT ",
        "WDJB\u2013MJHT",
        "WDJB\u2011MJHT",
        "WDJB\u00a0MJHT",
        "WDJB\u2212MJHT",
        "W D J B - M J H T",
        "wdjb_mjht.",
        "\tWDJB\r\nMJHT\n",
    ],
    ids=ascii,
)
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert tokens.read_user_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "WDJB-MJH",
        "WDJB-MJHTT",
        "WDJB-MJHA",  # no vowels
        "WDJB-MJH0",
        "WDJB-MJHY",
        "WDJB-MJH\uff34",  # a wide T
        "WDJB-MJH\u0422",  # a Cyrillic T
        "WDJB-MJH\u017f",  # capitals make it an S
        "WDJB-MJ\ufb00",  # capitals make it two F
        "x" * 100_000,
        "\0",
    ],
    ids=lambda typed: ascii(typed[:12]),
)
def test_what_cant_be_a_code_is_none(typed: str) -> None:
    assert tokens.read_user_code(typed) == ""


def test_codes_are_of_the_rfcs_alphabet() -> None:
    codes = {tokens.new_user_code() for _code in range(1000)}

    assert len(codes) == 1000
    assert set("".join(codes)) == set("BCDFGHJKLMNPQRSTVWXZ")
    assert {tokens.read_user_code(code) for code in codes} == codes


def test_secrets_hold_256_bits_and_say_what_they_are() -> None:
    secret = tokens.new_secret("rasd")

    assert secret.startswith("rasd_")
    assert len(secret) == len("rasd_") + 43
    assert secret != tokens.new_secret("rasd")


def test_a_digest_tells_nothing_and_is_always_the_same() -> None:
    assert tokens.digest("rasd_x") == tokens.digest("rasd_x") != tokens.digest("rasd_y")
    assert len(tokens.digest("rasd_x")) == 64
