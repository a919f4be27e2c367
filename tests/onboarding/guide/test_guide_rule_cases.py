"""Cases of the guide's rule that deserve a sentence of their own (SPEC 2.1)."""

import pytest

from onboarding.guide import recommend
from onboarding.guide.rules.answers import read
from onboarding.guide.rules.facts import (
    Activated,
    Company,
    Facts,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.questions import next_question
from onboarding.guide.rules.rule import Destination, RecommendationKind, Row, decide, row
from onboarding.guide.rules.versions import parse
from tests.onboarding.guide_queries import query

UPGRADE = "task=upgrade&from_version=14&to_version=20"
ACME = Company(name="Acme Corp", url="/invitations/abc/")


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

    assert found.heading == "Open the invitation in your email."
    assert found.primary == "Find my invitation"
    assert found.others[0].to is Destination.SIGN_IN
    assert found.others[0].when == "If you've already joined and chosen a password."


def test_charlie_who_belongs_to_globex_is_warned_before_creating_a_second_account() -> None:
    globex = Company(name="Globex", url="/b/globex-x/")
    facts = Facts(proven_email="charlie@globex.example", existing_membership=globex, signed_in=True)

    outcome = decide(facts)

    assert (outcome.kind, outcome.primary) == (RecommendationKind.SIGN_IN, Destination.ACCOUNT)
    assert outcome.splits == {Destination.NEW_ACCOUNT}
