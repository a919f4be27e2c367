"""Every way through the guide, walked question by question."""

from collections.abc import Iterator

from onboarding.guide import recommend
from onboarding.guide.rules.answers import read
from onboarding.guide.rules.facts import Company, Facts
from onboarding.guide.rules.questions import Question, next_question, path
from onboarding.guide.rules.rule import Destination, Row, row
from onboarding.guide.texts.questions import asked
from tests.onboarding.guide_queries import query

VERSIONS = (("13", "14"), ("14", "15"), ("19", "21.0.1"))


def options(question: Question, facts: Facts) -> Iterator[str]:
    if question is Question.VERSIONS:
        yield from (f"&from_version={old}&to_version={new}" for old, new in VERSIONS)
    elif question is Question.SIGNS:
        yield "&sign=insurance&sign=sales&sign=products"
        yield from (f"&sign={option.value}" for option in asked(question, facts).options)
    else:
        yield from (f"&{question}={option.value}" for option in asked(question, facts).options)


def walks(answers: str = "") -> Iterator[str]:
    """The query at the end of every way through the guide, starting after `answers`."""
    facts = read(query(answers)).facts
    question = next_question(facts)
    if question is None:
        yield answers
        return
    for option in options(question, facts):
        yield from walks(answers + option)


def test_every_question_is_reached_and_every_way_ends() -> None:
    ends = list(walks())

    reached = {question for end in ends for question in path(read(query(end)).facts)}

    assert reached == set(Question)
    assert max(len(path(read(query(end)).facts)) for end in ends) <= 7


def test_every_row_is_reached_by_answering_or_by_a_link_on_a_recommendation() -> None:
    facts = [read(query(end)).facts for end in walks()]
    followed = [
        read(query(f"{end}&login=lost")).facts
        for end in walks()
        if Destination.LOGIN_LOST
        in (way.to for way in recommend.recommend(read(query(end)).facts).others)
    ]

    rows = {row(f) for f in facts}
    rows_by_link = {row(f) for f in followed}

    assert rows | rows_by_link >= set(Row) - {Row.PENDING_INVITATION, Row.ALREADY_MEMBER}
    assert Row.FIRST_LOGIN_LOST in rows_by_link


def test_no_question_is_asked_that_changes_nothing() -> None:
    def endings(answers: str) -> set[str]:
        return {_gist(end) for end in walks(answers)}

    def check(answers: str) -> None:
        facts = read(query(answers)).facts
        question = next_question(facts)
        if question is None:
            return
        ways = [endings(answers + option) for option in options(question, facts)]
        assert any(way != ways[0] for way in ways), f"{question} after {answers}"
        for option in options(question, facts):
            check(answers + option)

    check("")


def _gist(end: str) -> str:
    found = recommend.recommend(read(query(end)).facts)
    return f"{found.outcome.kind} {found.outcome.email} {found.reasons}"


def test_the_order_of_the_questions() -> None:
    answers = (
        "task=upgrade&from_version=14&to_version=20&instance=unsure"
        "&sign=sales&invited=unsure&email_known=no"
    )

    assert path(read(query(answers)).facts) == (
        Question.TASK,
        Question.VERSIONS,
        Question.INSTANCE,
        Question.SIGNS,
        Question.INVITED,
        Question.EMAIL_KNOWN,
    )


def test_an_activation_asks_once_more_when_nobody_knows_whether_it_is_the_first() -> None:
    facts = read(query("task=activate&instance=unsure")).facts

    assert path(facts) == (Question.TASK, Question.INSTANCE, Question.ACTIVATED)


def test_upgraders_are_asked_about_version_15_and_not_about_other_farms() -> None:
    facts = read(query("task=upgrade&from_version=14&to_version=20")).facts

    words = asked(Question.INSTANCE, facts)

    assert words.heading == "Has your company activated version 15 or later before?"
    assert [option.value for option in words.options] == ["first", "later", "unsure"]


def test_whoever_upgrades_from_15_has_an_account_and_is_asked_for_the_login_only() -> None:
    facts = read(query("task=upgrade&from_version=15&to_version=20")).facts

    assert path(facts) == (Question.TASK, Question.VERSIONS, Question.LOGIN)


def test_back_from_a_lost_login_finds_what_was_told_before() -> None:
    answers = "task=activate&instance=first&sign=sales&invited=me&login=lost"

    assert path(read(query(answers)).facts)[-1] is Question.LOGIN
    assert Question.INVITED in path(read(query(answers)).facts)


def test_a_proven_mailbox_with_an_invitation_needs_no_question() -> None:
    acme = Company(name="Acme Corp", url="/invitations/abc/")

    assert next_question(Facts(proven_email="mia@acme.example", pending_invitation=acme)) is None


def test_every_question_says_why_it_is_asked() -> None:
    for question in Question:
        words = asked(question, Facts())

        assert words.heading.endswith("?")
        assert words.why.endswith(".")
        assert all(option.meaning for option in words.options)
