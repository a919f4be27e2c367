"""The guide's pages, as an administrator meets them (SPEC 2.1, CONTRACT `/start/`)."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.onboarding.guide.test_guide_questions import walks
from tests.onboarding.guide.test_guide_rule import TABLE

START = "/start/"


def page(answers: str, browser: Client | None = None) -> str:
    response = (browser or Client()).get(f"{START}?{answers}")
    assert response.status_code == 200, answers
    return response.content.decode()


def recommendation(html: str) -> str:
    found = re.findall(r'data-recommendation="([^"]+)"', html)
    return found[0] if len(found) == 1 else ""


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return found[1].strip().replace("&#x27;", "'") if found else ""


@pytest.mark.parametrize(("number", "answers", "kind", "email", "primary"), TABLE)
@pytest.mark.django_db
def test_a_query_that_answers_everything_shows_the_recommendation(
    number: int, answers: str, kind: str, email: str, primary: str
) -> None:
    html = page(answers)

    assert recommendation(html) == kind
    assert "Why" in html
    assert "What you told us" in html


@pytest.mark.django_db
def test_every_walk_through_the_guide_ends_on_a_page() -> None:
    browser = Client()

    wrong = [end for end in walks() if not recommendation(page(end.lstrip("&"), browser))]

    assert not wrong


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ("", "What are you about to do?"),
        ("task=upgrade", "From which version to which?"),
        ("task=activate", "Is this your company's first instance?"),
        (
            "task=activate&instance=unsure",
            "Was version 15 or later ever activated at your company?",
        ),
        (
            "task=activate&instance=later",
            "Can you sign in to the account of the first instance?",
        ),
        ("task=activate&instance=first", "Which of these are true for your company?"),
        (
            "task=activate&instance=first&sign=sales",
            "Did you or a colleague get an invitation?",
        ),
        (
            "task=activate&instance=first&sign=sales&invited=no",
            "Do you know the primary email of the purchase?",
        ),
    ],
)
@pytest.mark.django_db
def test_one_question_at_a_time(answers: str, question: str) -> None:
    html = page(answers)

    assert heading(html) == question
    assert not recommendation(html)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ("task=dance", "Choose one of these answers."),
        ("asked=task", "Choose an answer to continue."),
        ("task=upgrade&from_version=abc&to_version=20", "Enter a version like 15"),
        ("task=upgrade&from_version=20&to_version=14", "14 is older than 20"),
        ("task=upgrade&asked=versions&from_version=&to_version=", "Enter the version."),
        ("task=activate&instance=first&asked=sign", "Check what applies"),
        ("task=activate&instance=first&sign=none&sign=sales", "go with another answer"),
    ],
)
@pytest.mark.django_db
def test_a_wrong_answer_shows_its_question_with_the_error(answers: str, error: str) -> None:
    html = page(answers)

    assert error in html
    assert "field-error" in html


@pytest.mark.django_db
def test_what_was_typed_wrong_stays_in_the_field() -> None:
    html = page("task=upgrade&from_version=20.1&to_version=v19x&asked=versions")

    assert 'value="20.1"' in html
    assert 'value="v19x"' in html


@pytest.mark.parametrize(
    "answers",
    [
        "task=%C2%A0%E2%80%AE",
        "task=upgrade&from_version=" + "9" * 3000,
        "sign=" + "&sign=".join(["x"] * 150),
        "asked=nonsense&change=nonsense",
        "change=email_known",
        "task[]=1&task=",
        "next=" + "/" * 3000,
    ],
)
@pytest.mark.django_db
def test_odd_queries_get_a_page(answers: str) -> None:
    assert heading(page(answers))


@pytest.mark.django_db
def test_an_upgrade_below_15_is_told_that_it_needs_no_account() -> None:
    html = page("task=upgrade&from_version=12&to_version=14")

    assert recommendation(html) == "none"
    assert "You don't need a business account" in heading(html)


@pytest.mark.django_db
def test_back_leads_to_the_question_before() -> None:
    html = page("task=activate&instance=first&sign=none&next=/activate/")

    back = re.search(r'href="([^"]+)"[^>]*>\s*Back', html)

    assert back
    assert back[1].replace("&amp;", "&") == (
        "/start/?task=activate&instance=first&next=%2Factivate%2F"
    )


@pytest.mark.django_db
def test_an_answer_is_changed_and_the_others_stay() -> None:
    browser = Client()
    html = page("task=activate&instance=first&sign=sales&invited=me", browser)
    change = next(url for url in re.findall(r'href="([^"]+)"', html) if "change=instance" in url)

    changed = browser.get(change.replace("&amp;", "&")).content.decode()

    assert heading(changed) == "Is this your company's first instance?"
    assert re.search(r'<input type="radio" name="instance" value="first"[^>]*checked', changed)
    assert '<input type="hidden" name="sign" value="sales">' in changed
    assert 'type="hidden" name="instance"' not in changed


@pytest.mark.django_db
def test_the_destination_is_carried_into_every_link_and_form() -> None:
    html = page("task=activate&instance=first&sign=none&next=/activate/%3Fcode%3DBCDF-GHJK")

    assert '<input type="hidden" name="next" value="/activate/?code=BCDF-GHJK">' in html
    ways = re.findall(r'href="(/(?:accounts|start)/[^"]*)"', html)
    assert ways
    assert all("next=%2Factivate%2F%3Fcode%3DBCDF-GHJK" in url for url in ways)


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/start/%0d%0aSet-Cookie:a=b",
        "/%E2%80%AEx",
    ],
)
@pytest.mark.django_db
def test_a_foreign_destination_is_dropped(foreign: str) -> None:
    html = page(f"task=activate&next={foreign}")

    assert "evil" not in html
    assert 'name="next"' not in html


@pytest.mark.django_db
def test_the_email_and_the_button_stand_in_the_recommendation() -> None:
    html = page("task=activate&instance=first&sign=none")

    form = re.search(r'<form[^>]*action="/accounts/signup/"[^>]*>.*?</form>', html, re.DOTALL)

    assert form
    assert 'method="get"' in form[0]
    assert 'name="email"' in form[0]
    assert "Create business account" in form[0]


@pytest.mark.django_db
def test_a_lost_login_at_the_first_instance_is_one_link_away_from_the_signs() -> None:
    html = page("task=activate&instance=first")

    assert "/start/?task=activate&amp;instance=first&amp;login=lost" in html


def test_a_visitor_without_a_session_costs_no_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for answers in ("", "task=activate&instance=first&sign=none"):
        with django_assert_num_queries(0):
            page(answers)


@pytest.mark.django_db
def test_only_reading_is_allowed() -> None:
    assert Client().post(START).status_code == 405


@pytest.mark.django_db
def test_pages_are_private_and_vary_with_partial_swaps() -> None:
    response = Client().get(START)

    assert "private" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]


@pytest.mark.django_db
def test_after_a_partial_swap_the_heading_takes_the_focus() -> None:
    swapped = Client().get(f"{START}?task=activate", headers={"HX-Request": "true"})

    assert re.search(r"<h1[^>]*data-focus", swapped.content.decode())
    assert not re.search(r"<h1[^>]*data-focus", page("task=activate"))


@pytest.mark.django_db
def test_a_later_instance_is_sent_to_a_sign_in_that_offers_no_new_account() -> None:
    works = page("task=activate&instance=later&login=works")
    forgot = page("task=activate&instance=later&login=forgot")
    first = page("task=activate&instance=first&sign=none")

    assert '<input type="hidden" name="later" value="1">' in works
    assert "/accounts/login/?later=1" in forgot
    assert "later=1" not in first
