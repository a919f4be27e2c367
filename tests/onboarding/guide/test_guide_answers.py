"""The guide's answers in the query: what is read, refused, and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.guide import recommend
from onboarding.guide.rules.answers import pairs, read
from onboarding.guide.rules.questions import Question, answered, next_question
from onboarding.guide.rules.versions import NotAVersion, parse
from onboarding.guide.texts import questions as texts
from tests.onboarding.guide_queries import query

NAMES = (
    "task",
    "from_version",
    "to_version",
    "instance",
    "activated",
    "login",
    "sign",
    "invited",
    "email_known",
)
WORDS = (
    "",
    "activate",
    "upgrade",
    "14",
    "20",
    "first",
    "later",
    "unsure",
    "yes",
    "no",
    "works",
    "forgot",
    "lost",
    "insurance",
    "sales",
    "products",
    "none",
    "me",
    "colleague",
)


@pytest.mark.parametrize("text", ["15", "19.3", "21.0.1", " 20 ", "v20.2", "19.3.0.25012"])
def test_versions_as_people_type_them(text: str) -> None:
    assert str(parse(text)) == text.strip().removeprefix("v")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-1",
        "0",
        "0.1",
        "1e3",
        "15.",
        ".15",
        "15..1",
        "15,1",
        "15 1",
        "٣",
        "²",
        "\uff11\uff15",
        "999999",
        "100",
        "15.999999",
        "1.2.3.4.5",
        "15\n",
        "15\x00",
        "9" * 5000,
        "<script>",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotAVersion):
        parse(text)


def test_versions_compare_by_number_and_15_equals_15_0() -> None:
    assert parse("15") == parse("15.0") == parse("15.0.0.0")
    assert parse("9.10") > parse("9.9")
    assert parse("20") > parse("19.9.9")


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ("task=dance", "task", "Choose one"),
        ("task=upgrade&from_version=abc&to_version=20", "from_version", "like 15, 19.3"),
        ("task=upgrade&from_version=14&to_version=-3", "to_version", "like 15, 19.3"),
        ("task=upgrade&from_version=20&to_version=20.0", "to_version", "version you have"),
        ("task=upgrade&from_version=20&to_version=19", "to_version", "19 is older than 20"),
        ("task=activate&instance=last", "instance", "Choose one"),
        ("task=activate&instance=unsure&activated=x", "activated", "Choose one"),
        ("task=activate&instance=later&login=x", "login", "Choose one"),
        ("task=activate&instance=first&sign=none&sign=sales", "sign", "can't go with"),
        ("task=activate&instance=first&sign=moon", "sign", "Choose from"),
        ("task=activate&instance=first&sign=sales&invited=x", "invited", "Choose one"),
    ],
)
def test_a_wrong_answer_asks_its_question_again_and_says_why(
    answers: str, field: str, words: str
) -> None:
    found = read(query(answers))

    question = next_question(found.facts)

    assert question is not None
    assert field in question.names
    assert words in found.errors[field]


def test_a_mistyped_version_stays_in_its_field() -> None:
    assert read(query("task=upgrade&from_version=v14a")).typed == {"from_version": "v14a"}


def test_what_is_shown_again_never_grows_with_what_was_sent() -> None:
    assert len(read(query("task=upgrade&from_version=" + "9" * 5000)).typed["from_version"]) <= 20


def test_of_an_answer_given_twice_the_last_one_counts() -> None:
    assert read(query("task=activate&task=upgrade")).facts.task == "upgrade"


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (Question.TASK, {"task"}),
        (Question.VERSIONS, {"from_version", "to_version"}),
        (Question.SIGNS, {"sign"}),
    ],
)
def test_a_form_sent_empty_says_so_at_the_field(asked: Question, fields: set[str]) -> None:
    assert set(read({}, asked=asked).errors) == fields


def test_answers_that_no_longer_matter_leave_the_address() -> None:
    answers = "task=activate&from_version=14&to_version=20&instance=later&login=works&sign=sales"

    assert pairs(read(query(answers)).facts) == [
        ("task", "activate"),
        ("instance", "later"),
        ("login", "works"),
    ]


@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), min_size=1, max_size=3),
    )
)
def test_no_query_ever_breaks_the_guide(sent: dict[str, list[str]]) -> None:
    found = read(sent)

    recommendation = recommend.recommend(found.facts)
    again = read(query("&".join(f"{name}={value}" for name, value in pairs(found.facts))))

    assert recommendation.heading
    assert recommendation.reasons
    assert all(texts.answer(question, found.facts) for question in answered(found.facts))
    assert next_question(again.facts) == next_question(found.facts)
    assert not again.errors


def test_signs_are_told_in_one_order() -> None:
    facts = read(query("task=activate&instance=first&sign=sales&sign=insurance")).facts

    assert pairs(facts)[2:] == [("sign", "insurance"), ("sign", "sales")]
