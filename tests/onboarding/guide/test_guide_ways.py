"""Which ways stand beside the recommended one, and with which email (SPEC 2.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onboarding.guide.rules.facts import (
    AccountHint,
    Company,
    EmailKnown,
    Facts,
    Invited,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.rule import Destination, Email, RecommendationKind, Row, decide
from onboarding.guide.rules.versions import parse

ACME = Company(name="Acme Corp", url="/b/acme/")
HINT = frozenset({AccountHint.SALES})
FIND, ASK, RESET = Destination.FIND, Destination.ASK, Destination.RESET
SIGN_IN, SIGN_UP, LOST = Destination.SIGN_IN, Destination.SIGN_UP, Destination.LOGIN_LOST
LATER, FIRST = WhichInstance.LATER, WhichInstance.FIRST

WAYS = [
    (Row.NO_ACCOUNT_NEEDED, Facts(task=Task.UPGRADE, to_version=parse("14")), (SIGN_IN, SIGN_UP)),
    (Row.PENDING_INVITATION, Facts(pending_invitation=ACME), (FIND,)),
    (Row.ALREADY_MEMBER, Facts(existing_membership=ACME), (RESET, FIND)),
    (Row.LATER_LOGIN_WORKS, Facts(instance=LATER, login=Login.WORKS), (RESET, ASK, LOST)),
    (Row.LATER_LOGIN_FORGOT, Facts(instance=LATER, login=Login.FORGOT), (SIGN_IN, ASK, LOST)),
    (
        Row.LATER_LOGIN_LOST,
        Facts(instance=LATER, login=Login.LOST),
        (FIND, RESET, Destination.SUPPORT, SIGN_UP),
    ),
    (Row.FIRST_LOGIN_LOST, Facts(instance=FIRST, login=Login.LOST), (RESET, ASK, FIND)),
    (Row.SIGN_INVITED_ME, Facts(signs=HINT, invited=Invited.ME), (SIGN_IN, ASK, LOST)),
    (
        Row.SIGN_INVITED_COLLEAGUE,
        Facts(signs=HINT, invited=Invited.COLLEAGUE),
        (SIGN_IN, FIND, LOST),
    ),
    (
        Row.SIGN_EMAIL_KNOWN,
        Facts(signs=HINT, email_known=EmailKnown.YES),
        (RESET, SIGN_UP, FIND, ASK),
    ),
    (Row.SIGN_EMAIL_UNKNOWN, Facts(signs=HINT), (ASK, SIGN_UP, SIGN_IN)),
    (
        Row.UPGRADE_EMAIL_KNOWN,
        Facts(task=Task.UPGRADE, email_known=EmailKnown.YES),
        (SIGN_IN, FIND),
    ),
    (Row.UPGRADE_EMAIL_UNKNOWN, Facts(task=Task.UPGRADE), (SIGN_IN, FIND)),
    (Row.FIRST_ACTIVATION, Facts(task=Task.ACTIVATE), (SIGN_IN, FIND)),
]


@pytest.mark.parametrize(("row", "facts", "others"), WAYS)
def test_each_row_offers_its_other_ways_in_their_order(
    row: Row, facts: Facts, others: tuple[Destination, ...]
) -> None:
    outcome = decide(facts)

    assert (outcome.row, outcome.others, outcome.second) == (row, others, None)


def test_every_row_has_its_ways_here() -> None:
    assert {row for row, _facts, _others in WAYS} == set(Row)


@pytest.mark.parametrize(("row", "facts", "_others"), WAYS)
def test_only_a_later_instance_without_a_login_is_warned_of_a_split(
    row: Row, facts: Facts, _others: tuple[Destination, ...]
) -> None:
    assert decide(facts).splits == ({SIGN_UP} if row is Row.LATER_LOGIN_LOST else set())


def test_mia_who_belongs_to_acme_signs_in_and_is_not_sent_to_an_account_she_is_not_in_yet() -> None:
    outcome = decide(Facts(existing_membership=ACME))

    assert (outcome.kind, outcome.email, outcome.primary) == (
        RecommendationKind.SIGN_IN,
        Email.OWN,
        SIGN_IN,
    )


def test_mia_who_is_signed_in_opens_her_account_or_makes_another() -> None:
    outcome = decide(Facts(existing_membership=ACME, signed_in=True))

    assert (outcome.primary, outcome.others) == (Destination.ACCOUNT, (Destination.NEW_ACCOUNT,))


def test_without_an_account_to_make_there_is_no_main_button_and_no_email() -> None:
    outcome = decide(Facts(task=Task.UPGRADE, to_version=parse("14")))

    assert (outcome.primary, outcome.email) == (None, Email.NONE)


@pytest.mark.parametrize(("row", "facts", "_others"), WAYS)
def test_whoever_creates_after_a_purchase_uses_the_email_of_the_purchase(
    row: Row, facts: Facts, _others: tuple[Destination, ...]
) -> None:
    facts = replace(facts, purchases=1)

    outcome = decide(facts)

    assert (outcome.email is Email.BOUGHT_WITH) == (outcome.primary is SIGN_UP)
