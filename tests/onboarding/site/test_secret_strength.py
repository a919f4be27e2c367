from __future__ import annotations

import secrets

import pytest

from onboarding.site.secret_strength import weakness


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "0 characters"),
        ("changeme", "8 characters"),
        ("qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx0DyLk", "48 characters"),
        ("django-insecure-qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx", "placeholder"),
        ("change-me-please-and-do-not-run-this-in-production-ever", "placeholder"),
        ("CHANGE_ME_qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx0Dy", "placeholder"),
        ("s-e-c-r-e-t-qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx", "placeholder"),
        ("your-example-key-qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbW", "placeholder"),
        ("x" * 60, "repeats"),
        ("ab" * 30, "repeats"),
        ("qZ7vL2mXc9RtBw4" * 5, "repeats"),
        ("0123456789" * 6, "repeats"),
        ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU", "counts up"),
        ("zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA9876", "counts up"),
        (" " * 60, "repeats"),
    ],
)
def test_a_secret_that_can_be_guessed_is_told(value: str, said: str) -> None:
    assert said in weakness(value, least=50)


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_urlsafe(48),
        lambda: secrets.token_hex(32),
        lambda: "".join(secrets.choice("0123456789") for _ in range(60)),
    ],
)
def test_a_random_secret_is_never_taken_for_a_weak_one(make: object) -> None:
    assert callable(make)
    assert {weakness(make(), least=50) for _ in range(2_000)} == {""}
