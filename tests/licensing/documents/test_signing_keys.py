"""The keys that sign license documents: how they are read, and how one follows another."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from licensing.documents import signing_keys
from licensing.documents.signing_keys import KeySetInvalid

NOW: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WEEK: Final = timedelta(days=7)


def jwks(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["keys"]
    return found


def test_the_first_key_signs_at_once() -> None:
    keys = signing_keys.parse(signing_keys.first_key_set(now=NOW))

    assert signing_keys.signing(keys, now=NOW) == keys[0]
    assert signing_keys.waiting(keys, now=NOW) is None


def test_the_first_key_signs_when_the_clock_is_set_back() -> None:
    keys = signing_keys.parse(signing_keys.first_key_set(now=NOW))

    assert signing_keys.signing(keys, now=NOW - WEEK) == keys[0]


def test_a_new_key_is_published_at_once_and_signs_from_the_end_of_the_overlap() -> None:
    text = signing_keys.rotated(signing_keys.first_key_set(now=NOW), signs_from=NOW + WEEK, now=NOW)

    old, new = keys = signing_keys.parse(text)
    assert signing_keys.waiting(keys, now=NOW) == new
    assert signing_keys.signing(keys, now=NOW + WEEK - timedelta(seconds=1)) == old
    assert signing_keys.signing(keys, now=NOW + WEEK) == new


def test_the_private_part_of_an_older_key_is_forgotten_with_the_next_rotation() -> None:
    text = signing_keys.first_key_set(now=NOW)
    for turn in range(3):
        now = NOW + turn * 2 * WEEK
        text = signing_keys.rotated(text, signs_from=now + WEEK, now=now)

    assert ["d" in key for key in jwks(text)] == [False, False, True, True]
    assert len({key["x"] for key in jwks(text)}) == 4


def test_a_key_that_still_waits_keeps_its_private_part() -> None:
    text = signing_keys.rotated(signing_keys.first_key_set(now=NOW), signs_from=NOW + WEEK, now=NOW)

    text = signing_keys.rotated(text, signs_from=NOW, now=NOW)

    assert ["d" in key for key in jwks(text)] == [False, True, True]


def test_a_key_that_has_signed_loses_its_private_part_once_the_next_one_signs() -> None:
    text = signing_keys.rotated(signing_keys.first_key_set(now=NOW), signs_from=NOW + WEEK, now=NOW)

    early = signing_keys.tidied(text, now=NOW + WEEK - timedelta(seconds=1))
    late = signing_keys.tidied(text, now=NOW + WEEK)

    assert early == text
    assert ["d" in key for key in jwks(late)] == [False, True]
    assert signing_keys.tidied(late, now=NOW + WEEK) == late


def test_in_an_emergency_only_a_fresh_key_can_sign_and_waiting_ones_are_gone() -> None:
    text = signing_keys.first_key_set(now=NOW)
    first = jwks(text)[0]["kid"]
    text = signing_keys.rotated(text, signs_from=NOW + WEEK, now=NOW)
    waiting = jwks(text)[1]["kid"]

    text, gone = signing_keys.replaced(text, now=NOW)

    kept, fresh = jwks(text)
    assert (gone, kept["kid"], "d" in kept) == ([waiting], first, False)
    for at in (NOW - WEEK, NOW, NOW + 9 * WEEK):  # whatever the clock of a host says
        assert signing_keys.signing(signing_keys.parse(text), now=at).kid == fresh["kid"]


def broken(**changes: Any) -> str:
    key = jwks(signing_keys.first_key_set(now=NOW))[0] | changes
    return json.dumps({"keys": [{name: of for name, of in key.items() if of is not None}]})


OTHER: Final = jwks(signing_keys.first_key_set(now=NOW))[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "isn't a JSON Web Key Set"),
        ("[]", "isn't a JSON Web Key Set"),
        ('{"keys": {}}', "isn't a JSON Web Key Set"),
        ('{"keys": ["x"]}', "isn't a JSON Web Key Set"),
        (broken(kid=None), "has no kid"),
        (broken(signs_from=None), "from when it signs"),
        (broken(signs_from="now"), "from when it signs"),
        (broken(signs_from=True), "from when it signs"),
        (broken(crv="Ed448"), "isn't an Ed25519 key"),
        (broken(x=None), "isn't an Ed25519 key"),
        (broken(x="AAAA"), "is damaged"),
        (broken(d="AAAA"), "is damaged"),
        (broken(kty="EC"), "is damaged"),
        (broken(d=OTHER["d"]), "don't belong together|is damaged"),
        (json.dumps({"keys": [OTHER, OTHER]}), "same kid"),
    ],
)
def test_a_damaged_key_set_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(KeySetInvalid, match=why):
        signing_keys.parse(text)


@pytest.mark.parametrize(
    "text", [broken(d=None), broken(signs_from=(NOW + WEEK).timestamp()), '{"keys": []}']
)
def test_without_a_key_that_signs_now_nothing_is_signed(text: str) -> None:
    keys = signing_keys.parse(text)

    with pytest.raises(KeySetInvalid, match="signs now"):
        signing_keys.signing(keys, now=NOW)
    with pytest.raises(KeySetInvalid):
        signing_keys.rotated(text, signs_from=NOW, now=NOW)
