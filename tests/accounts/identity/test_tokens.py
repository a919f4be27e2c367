from __future__ import annotations

import uuid

import pytest
from django.test import override_settings

from accounts.identity import tokens


def test_a_token_leads_back_to_its_row_and_stays_the_same() -> None:
    row = uuid.uuid4()
    token = tokens.invitation_token(row)
    assert token == tokens.invitation_token(row)
    assert tokens.read_invitation_token(token) == row


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "0" + t[1:], lambda t: t + "x"])
def test_an_altered_token_is_nothing(change) -> None:  # type: ignore[no-untyped-def]
    token = tokens.invitation_token(uuid.UUID("10000000-0000-4000-8000-000000000001"))
    assert tokens.read_invitation_token(change(token)) is None


@pytest.mark.parametrize("text", ["", ".", "a.b", "nonsense", "é.é", "\x00"])
def test_rubbish_is_nothing(text: str) -> None:
    assert tokens.read_invitation_token(text) is None


def test_links_survive_a_change_of_the_secret_key() -> None:
    row = uuid.uuid4()
    with override_settings(SECRET_KEY="old-" * 20):
        token = tokens.invitation_token(row)
    with override_settings(SECRET_KEY="new-" * 20, SECRET_KEY_FALLBACKS=["old-" * 20]):
        assert tokens.read_invitation_token(token) == row
    with override_settings(SECRET_KEY="new-" * 20):
        assert tokens.read_invitation_token(token) is None
