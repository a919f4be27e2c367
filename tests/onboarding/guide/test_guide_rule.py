"""The table of SPEC 2.1, row by row and for every combination of facts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from onboarding.guide import recommend
from onboarding.guide.rules.answers import read
from onboarding.guide.rules.facts import (
    AccountHint,
    Activated,
    Company,
    EmailKnown,
    Facts,
    Invited,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.questions import next_question
from onboarding.guide.rules.rule import Destination, Email, RecommendationKind, Row, decide, row
from onboarding.guide.rules.versions import parse
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


def test_a_lost_login_at_the_first_instance_needs_no_other_answer() -> None:
    facts = read(query("instance=first&login=lost")).facts

    assert next_question(facts) is None
    assert row(facts) is Row.FIRST_LOGIN_LOST


def test_after_a_lost_login_creating_comes_last_and_is_warned_about() -> None:
    outcome = decide(Facts(task=Task.ACTIVATE, instance=WhichInstance.LATER, login=Login.LOST))

    recommendation = recommend.recommend(
        Facts(task=Task.ACTIVATE, instance=WhichInstance.LATER, login=Login.LOST)
    )

    assert outcome.others[-1] is Destination.SIGN_UP
    assert outcome.others.index(Destination.SUPPORT) < outcome.others.index(Destination.SIGN_UP)
    assert outcome.splits == {Destination.SIGN_UP}
    assert "splits" in recommendation.warning


@pytest.mark.parametrize("login", [Login.WORKS, Login.FORGOT])
def test_a_later_instance_offers_creating_only_behind_the_lost_login(login: Login) -> None:
    outcome = decide(Facts(task=Task.ACTIVATE, instance=WhichInstance.LATER, login=login))

    assert Destination.SIGN_UP not in (outcome.primary, *outcome.others)
    assert Destination.LOGIN_LOST in outcome.others


def test_someone_unsure_gets_find_my_account_as_the_second_action() -> None:
    facts = Facts(
        task=Task.ACTIVATE,
        instance=WhichInstance.UNSURE,
        activated=Activated.UNSURE,
        signs=frozenset(),
    )

    outcome = decide(facts)

    assert (outcome.row, outcome.second) == (Row.FIRST_ACTIVATION, Destination.FIND)
    assert Destination.FIND not in outcome.others


@pytest.mark.parametrize(
    ("activated", "expected"),
    [
        (Activated.YES, Row.LATER_LOGIN_WORKS),
        (Activated.NO, Row.FIRST_ACTIVATION),
        (Activated.UNSURE, Row.FIRST_ACTIVATION),
    ],
)
def test_one_more_question_settles_an_unsure_instance(activated: Activated, expected: Row) -> None:
    facts = Facts(
        task=Task.ACTIVATE,
        instance=WhichInstance.UNSURE,
        activated=activated,
        login=Login.WORKS,
        signs=frozenset(),
    )

    assert row(facts) is expected


@pytest.mark.parametrize("target", ["14", "14.9", "1"])
def test_an_upgrade_below_15_needs_no_business_account(target: str) -> None:
    facts = Facts(task=Task.UPGRADE, to_version=parse(target))

    assert row(facts) is Row.NO_ACCOUNT_NEEDED
    assert decide(facts).kind is RecommendationKind.NONE
    assert target in " ".join(recommend.recommend(facts).reasons)


def test_whoever_upgrades_below_15_reads_so_signed_in_as_well_and_may_go_on() -> None:
    facts = Facts(
        task=Task.UPGRADE,
        to_version=parse("14"),
        proven_email="alice@acme.example",
        existing_membership=ACME,
        signed_in=True,
    )

    found = recommend.recommend(facts)

    assert found.outcome.row is Row.NO_ACCOUNT_NEEDED
    assert [way.to for way in found.others] == [Destination.ACCOUNT]
    assert found.others[0].label == "Continue with Acme Corp anyway"


def test_whoever_was_invited_is_led_to_the_mail_not_to_a_password() -> None:
    facts = read(query("task=activate&instance=first&sign=sales&invited=me")).facts

    found = recommend.recommend(facts)

    assert found.heading == "Open the invitation in your mail."
    assert found.primary == "Find my invitation"
    assert found.others[0].to is Destination.SIGN_IN
    assert found.others[0].when == "If you've already joined and chosen a password."


def test_charlie_who_belongs_to_globex_is_warned_before_creating_a_second_account() -> None:
    globex = Company(name="Globex", url="/b/globex-x/")
    facts = Facts(proven_email="charlie@globex.example", existing_membership=globex, signed_in=True)

    outcome = decide(facts)

    assert (outcome.kind, outcome.primary) == (RecommendationKind.SIGN_IN, Destination.ACCOUNT)
    assert outcome.splits == {Destination.NEW_ACCOUNT}


# The conditions as the table of SPEC 2.1 words them, to be held against the code's own order.
def _is_later(facts: Facts) -> bool:
    is_upgrade = facts.task == "upgrade"
    if is_upgrade and facts.from_version is not None and facts.from_version.major >= 15:
        return True
    return facts.instance == "later" or (
        facts.instance == "unsure" and facts.activated == Activated.YES and not is_upgrade
    )


def _uninvited(facts: Facts) -> bool:
    return facts.invited in (None, "no", "unsure")


Condition = Callable[[Facts], bool]
FIRST_THAT_HOLDS: list[tuple[int, Condition]] = [
    (0, lambda f: f.task == "upgrade" and f.to_version is not None and f.to_version.major < 15),
    (1, lambda f: f.pending_invitation is not None),
    (13, lambda f: f.existing_membership is not None),
    (2, lambda f: _is_later(f) and f.login in (None, "works")),
    (3, lambda f: _is_later(f) and f.login == "forgot"),
    (4, lambda f: _is_later(f) and f.login == "lost"),
    (5, lambda f: f.login == "lost"),
    (6, lambda f: bool(f.signs) and f.invited == "me"),
    (7, lambda f: bool(f.signs) and f.invited == "colleague"),
    (8, lambda f: bool(f.signs) and _uninvited(f) and f.email_known == "yes"),
    (9, lambda f: bool(f.signs) and _uninvited(f)),
    (10, lambda f: f.task == "upgrade" and f.email_known == "yes"),
    (11, lambda f: f.task == "upgrade"),
    (12, lambda f: True),
]


def test_every_combination_of_facts_takes_the_first_row_that_holds() -> None:
    combinations = product(
        (None, *Task),
        (None, parse("14.9"), parse("15")),
        (None, parse("14"), parse("15"), parse("21.0.1")),
        (None, *WhichInstance),
        (None, *Activated),
        (None, *Login),
        (
            None,
            frozenset[AccountHint](),
            *(frozenset({sign}) for sign in AccountHint),
            frozenset(AccountHint),
        ),
        (None, *Invited),
        (None, *EmailKnown),
        ((None, None), (ACME, None), (None, ACME), (ACME, ACME)),
    )
    wrong = []
    for (
        task,
        current,
        target,
        instance,
        activated,
        login,
        signs,
        invited,
        known,
        proven,
    ) in combinations:
        facts = Facts(
            task=task,
            from_version=current,
            to_version=target,
            instance=instance,
            activated=activated,
            login=login,
            signs=signs,
            invited=invited,
            email_known=known,
            pending_invitation=proven[0],
            existing_membership=proven[1],
        )
        expected = next(number for number, holds in FIRST_THAT_HOLDS if holds(facts))
        if row(facts) != expected:
            wrong.append((facts, expected))

    assert not wrong[:3]
