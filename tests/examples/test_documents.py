"""The example console trusts no document that the portal didn't sign for it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from pytest_django import Settings

from examples import ras_console
from examples.ras_console import Problem, State
from licensing.documents import documents, signing_keys
from licensing.documents.grants import Grant
from tests.examples.portal import PORTAL
from tests.licensing import forged_documents
from tests.licensing.document_verifier import GRANT

pytestmark = pytest.mark.django_db


def grant(**changes: Any) -> Grant:
    now = timezone.now()
    fresh = {"issued_at": now, "ends_at": now + timedelta(days=30)}
    return replace(GRANT, **(fresh | changes))


@pytest.fixture
def state(tmp_path: Path) -> State:
    """An instance that has met the portal."""
    state = State(tmp_path / "state.json", portal=PORTAL, instance_id=GRANT.instance_id)
    state.learn(documents.key_set())
    return state


def accepted(document: str, state: State, typ: str = ras_console.LICENSE) -> bool:
    try:
        ras_console.verify(document, state, typ)
    except Problem as problem:
        return bool(problem.args[0] != ras_console.UNTRUSTED)
    return True


def ours(claims: dict[str, Any], settings: Settings, **header: Any) -> str:
    """Claims of the caller's choice under our own signature."""
    key = signing_keys.parse(settings.PORTAL_LICENSE_KEY)[0]
    assert key.private is not None
    return forged_documents.signed(claims, key=key.private, kid=key.kid, **header)


def test_what_the_portal_signs_is_accepted(state: State) -> None:
    assert accepted(documents.sign_license(grant()), state)


def test_with_any_byte_changed_it_is_refused(state: State) -> None:
    document = documents.sign_license(grant())

    assert not any(accepted(changed, state) for changed in forged_documents.flipped(document))


def test_forged_documents_are_refused(state: State) -> None:
    document = documents.sign_license(grant())
    kid, x = next(iter(state.keys.items()))
    foreign = Ed25519PrivateKey.generate()
    claims = forged_documents.claims(document)
    forged = {
        "spelled otherwise": forged_documents.respelled(document),
        "alg none": forged_documents.unsigned(document),
        "HS256 with the public key": forged_documents.with_public_key_as_secret(document, x),
        "brings its key": forged_documents.with_its_own_key(claims, kid=kid),
        "brings its key and kid": forged_documents.with_its_own_key(claims, kid="theirs"),
        "signed by somebody": [forged_documents.signed(claims, key=foreign, kid=kid)],
        "a key that isn't the portal's": [
            forged_documents.signed(claims, key=foreign, kid="foreign")
        ],
        "nothing at all": ["", ".", "..", "a.b.c", document.split(".")[0], "{}", "\x00", "ü.ü.ü"],
    }

    believed = [
        name for name, texts in forged.items() if any(accepted(text, state) for text in texts)
    ]

    assert believed == []


def test_our_own_signature_is_not_enough(state: State, settings: Settings) -> None:
    claims = forged_documents.claims(documents.sign_license(grant()))
    now = int(time.time())
    wrong: dict[str, dict[str, Any]] = {
        "another instance": {"sub": "00000000-0000-4000-8000-000000000000"},
        "another portal": {"iss": "http://elsewhere.example"},
        "another product": {"aud": "desktop"},
        "expired": {"exp": now - 400},
        "from the future": {"iat": now + 400},
        "without an end": {"exp": None},
        "without a sequence": {"seq": None},
    }

    believed = [
        name
        for name, changes in wrong.items()
        if accepted(
            ours({key: of for key, of in (claims | changes).items() if of is not None}, settings),
            state,
        )
    ]

    assert believed == []
    assert accepted(ours(claims, settings), state)
    assert not accepted(ours(claims, settings, typ="JWT"), state)


def test_clocks_may_differ_by_five_minutes(state: State, settings: Settings) -> None:
    claims = forged_documents.claims(documents.sign_license(grant()))
    now = int(time.time())

    assert accepted(ours(claims | {"exp": now - 200}, settings), state)
    assert accepted(ours(claims | {"iat": now + 200, "nbf": now + 200}, settings), state)


def test_a_receipt_is_no_license_and_a_license_no_receipt(state: State) -> None:
    now = timezone.now()
    receipt = documents.sign_receipt(
        instance_id=GRANT.instance_id,
        activation_id="a",
        sequence=7,
        ending="console",
        at=now,
        now=now,
    )

    assert not accepted(receipt, state)
    assert accepted(receipt, state, ras_console.RECEIPT)
    assert not accepted(documents.sign_license(grant()), state, ras_console.RECEIPT)


def test_a_receipt_from_before_the_license_here_ends_nothing(state: State) -> None:
    now = timezone.now()
    old, new = (
        documents.sign_receipt(
            instance_id=GRANT.instance_id,
            activation_id=GRANT.activation_id,
            sequence=sequence,
            ending="console",
            at=now,
            now=now,
        )
        for sequence in (2, 3)
    )
    state.accept(documents.sign_license(grant(sequence=3)))

    with pytest.raises(Problem, match="older than the license here"):
        ras_console._close(state, old)
    assert state.license

    assert "Deactivated" in ras_console._close(state, new)
    assert not state.license


def test_the_sequence_never_goes_back(state: State) -> None:
    third, second = (documents.sign_license(grant(sequence=number)) for number in (3, 2))
    other_third = documents.sign_license(grant(sequence=3, seats=999))
    state.accept(third)

    for older in (second, other_third):
        with pytest.raises(Problem, match="no newer"):
            state.accept(older)

    assert state.accept(third)
    assert State.load(state.path).license == third


def test_a_pinned_key_never_changes(state: State) -> None:
    kid, before = next(iter(state.keys.items()))
    changed = {"keys": [{"kid": kid, "crv": "Ed25519", "x": "A" * 43}]}

    with pytest.raises(Problem, match="isn't the one"):
        state.learn(changed)

    assert state.keys[kid] == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "Licensed for 100 users until Feb 3, 2027 under Subscription 2027 (key …K7Q2D). "
            "Checked: signature, instance, dates.",
        ),
        (
            {"expires_on": None, "max_version": 20, "license_name": "Permanent 2023", "seats": 25},
            "Licensed for 25 users without an end, for versions up to 20, under Permanent 2023 "
            "(key …K7Q2D). Checked: signature, instance, dates.",
        ),
        (
            {"limited": True, "expires_on": date(2026, 12, 24)},
            "Licensed for 100 users until Dec 24, 2026 under Subscription 2027 (key …K7Q2D). "
            "Too many users for over a week: sign-ins are limited. "
            "Checked: signature, instance, dates.",
        ),
    ],
)
def test_it_says_in_plain_words_what_it_got(changes: dict[str, Any], words: str) -> None:
    claims = forged_documents.claims(documents.sign_license(grant(**changes)))

    assert ras_console.in_words(claims) == words
