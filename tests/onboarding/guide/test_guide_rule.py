"""The table of SPEC 2.1, row by row and for every combination of facts."""

from dataclasses import replace

import pytest

from onboarding.guide import recommend
from onboarding.guide.rules.answers import read
from onboarding.guide.rules.facts import (
    Company,
)
from onboarding.guide.rules.questions import next_question
from onboarding.guide.rules.rule import Destination, Email, RecommendationKind, decide
from tests.onboarding.guide_queries import query

UPGRADE = "task=upgrade&from_version=14&to_version=20"
ACME = Company(name="Acme Corp", url="/invitations/abc/")

TABLE = [
    (
        2,
        "task=activate&instance=later&login=works",
        RecommendationKind.SIGN_IN,
        Email.FIRST_ACCOUNT,
        Destination.SIGN_IN,
    ),
    (
        2,
        f"{UPGRADE}&instance=later&login=works",
        RecommendationKind.SIGN_IN,
        Email.FIRST_ACCOUNT,
        Destination.SIGN_IN,
    ),
    (
        2,
        "task=upgrade&from_version=15&to_version=20&login=works",
        RecommendationKind.SIGN_IN,
        Email.FIRST_ACCOUNT,
        Destination.SIGN_IN,
    ),
    (
        3,
        "task=upgrade&from_version=18.1&to_version=21&login=forgot",
        RecommendationKind.RESET,
        Email.FIRST_ACCOUNT,
        Destination.RESET,
    ),
    (
        3,
        "task=activate&instance=later&login=forgot",
        RecommendationKind.RESET,
        Email.FIRST_ACCOUNT,
        Destination.RESET,
    ),
    (
        4,
        "task=activate&instance=later&login=lost",
        RecommendationKind.ASK_ADMIN,
        Email.ANY,
        Destination.ASK,
    ),
    (
        5,
        "task=activate&instance=first&login=lost",
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
    ),
    (
        5,
        f"{UPGRADE}&instance=first&login=lost",
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
    ),
    (
        5,
        f"{UPGRADE}&instance=first&login=lost&email_known=yes",
        RecommendationKind.CREATE,
        Email.PREVIOUS_PRIMARY,
        Destination.SIGN_UP,
    ),
    (
        5,
        f"{UPGRADE}&instance=first&login=lost&email_known=no",
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
    ),
    (
        6,
        "task=activate&instance=first&sign=sales&invited=me",
        RecommendationKind.JOIN,
        Email.INVITED_AT_PURCHASE,
        Destination.FIND,
    ),
    (
        7,
        "task=activate&instance=first&sign=products&invited=colleague",
        RecommendationKind.ASK_ADMIN,
        Email.NONE,
        Destination.ASK,
    ),
    (
        8,
        f"{UPGRADE}&instance=first&sign=insurance&invited=no&email_known=yes",
        RecommendationKind.SIGN_IN,
        Email.PRIMARY,
        Destination.SIGN_IN,
    ),
    (
        8,
        "task=activate&instance=first&sign=sales&invited=unsure&email_known=yes",
        RecommendationKind.SIGN_IN,
        Email.PRIMARY,
        Destination.SIGN_IN,
    ),
    (
        9,
        "task=activate&instance=first&sign=sales&sign=products&invited=unsure&email_known=no",
        RecommendationKind.FIND,
        Email.ANY,
        Destination.FIND,
    ),
    (
        10,
        f"{UPGRADE}&instance=first&sign=none&email_known=yes",
        RecommendationKind.CREATE,
        Email.PREVIOUS_PRIMARY,
        Destination.SIGN_UP,
    ),
    (
        11,
        f"{UPGRADE}&instance=first&sign=none&email_known=no",
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
    ),
    (
        12,
        "task=activate&instance=first&sign=none",
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
    ),
]


@pytest.mark.parametrize(("number", "answers", "kind", "email", "primary"), TABLE)
def test_each_row_of_the_table(
    number: int, answers: str, kind: RecommendationKind, email: Email, primary: Destination
) -> None:
    """Without a hint creating comes first, with any address if none is known (SPEC A5, A16)."""
    facts = read(query(answers)).facts

    outcome = decide(facts)

    assert next_question(facts) is None
    assert (outcome.row, outcome.kind, outcome.email) == (number, kind, email)
    assert outcome.primary is primary


@pytest.mark.parametrize(("number", "answers", "kind", "email", "primary"), TABLE)
def test_row_1_wins_over_every_other_row(
    number: int, answers: str, kind: RecommendationKind, email: Email, primary: Destination
) -> None:
    facts = read(query(answers)).facts
    invited = replace(facts, proven_email="mia@acme.example", pending_invitation=ACME)

    outcome = decide(invited)

    assert (outcome.row, outcome.kind, outcome.email) == (1, RecommendationKind.JOIN, Email.INVITED)
    assert recommend.recommend(invited).primary == "Join Acme Corp"
