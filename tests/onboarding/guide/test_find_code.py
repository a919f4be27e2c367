"""The code that proves a mailbox: where it works, how long, how often (SPEC 2.2)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import mailbox_proof
from tests.onboarding.mailbox import FIND, ask_for_code, mailed_code, mails_to, prove, rewind

RESEND = "/start/find/resend/"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {' '.join(code)} "]
)
def test_the_code_is_typed_in_any_case_and_spacing(change: Callable[[str], str]) -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")

    code = change(mailed_code("dora@winter.example"))
    response = browser.post(FIND, {"code": code}, follow=True)

    assert "data-recommendation" in response.content.decode()


def test_five_wrong_tries_end_the_code() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")
    code = mailed_code("dora@winter.example")
    wrong = "BBBB-BBBB" if code != "BBBB-BBBB" else "CCCC-CCCC"

    pages = [browser.post(FIND, {"code": wrong}).content.decode() for _ in range(5)]
    right = browser.post(FIND, {"code": code}).content.decode()

    assert "4 attempts left" in pages[0]
    assert "This code no longer works" in pages[4]
    assert "This code no longer works" in right
    assert "proven" not in browser.session


def test_a_code_of_the_wrong_length_costs_no_try() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")

    html = browser.post(FIND, {"code": "BCD"}).content.decode()

    assert "The code has 8 letters" in html
    assert browser.session["find"]["tries"] == 0


def test_a_code_ends_after_15_minutes() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")
    code = mailed_code("dora@winter.example")
    rewind(browser, "find", minutes=15, seconds=1)

    html = browser.post(FIND, {"code": code}).content.decode()

    assert "This code no longer works" in html


def test_a_code_works_only_in_the_browser_that_asked() -> None:
    ask_for_code(Client(), "dora@winter.example")
    charlies = Client()
    ask_for_code(charlies, "charlie@globex.example")

    charlies.post(FIND, {"code": mailed_code("dora@winter.example")})

    assert "proven" not in charlies.session


def test_a_code_for_one_address_never_proves_another() -> None:
    browser = Client()
    ask_for_code(browser, "charlie@globex.example")
    code = mailed_code("charlie@globex.example")
    ask_for_code(browser, "alice@acme.example")

    browser.post(FIND, {"code": code})

    assert "proven" not in browser.session


def test_a_code_without_a_request_leads_to_the_beginning() -> None:
    response = Client().post(FIND, {"code": "BCDF-GHJK"}, follow=True)

    assert 'name="email"' in response.content.decode()


def test_a_code_sent_twice_shows_the_results_again() -> None:
    browser = Client()
    prove(browser, "dora@winter.example")

    again = browser.post(FIND, {"code": mailed_code("dora@winter.example")}, follow=True)

    assert "data-recommendation" in again.content.decode()


def test_an_email_sent_twice_mails_one_code() -> None:
    browser = Client()

    ask_for_code(browser, "dora@winter.example")
    ask_for_code(browser, "dora@winter.example")

    assert mails_to("dora@winter.example") == 1


def test_it_is_sent_again_after_a_minute_and_the_first_code_still_works() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")
    first = mailed_code("dora@winter.example")

    browser.post(RESEND)
    early = mails_to("dora@winter.example")
    rewind(browser, "find", seconds=61)
    browser.post(RESEND)
    html = browser.post(FIND, {"code": first}, follow=True).content.decode()

    assert (early, mails_to("dora@winter.example")) == (1, 2)
    assert "data-recommendation" in html


def test_resending_without_a_request_leads_to_the_beginning() -> None:
    response = Client().post(RESEND, follow=True)

    assert 'name="email"' in response.content.decode()


def test_the_session_is_a_new_one_after_the_proof() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")
    before = browser.session.session_key

    browser.post(FIND, {"code": mailed_code("dora@winter.example")})

    assert browser.session.session_key != before


def test_the_session_never_holds_the_code() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")

    code = mailed_code("dora@winter.example")

    assert code not in str(dict(browser.session))
    assert code.replace("-", "") not in str(dict(browser.session))


def test_a_proof_holds_for_an_hour() -> None:
    browser = Client()
    prove(browser, "dora@winter.example")
    rewind(browser, "proven", minutes=60, seconds=1)

    html = browser.get(FIND).content.decode()

    assert "data-recommendation" not in html
    assert mailbox_proof.proven(browser.session, timezone.now()) is None


def test_after_the_third_wrong_code_help_is_offered() -> None:
    browser = Client()
    ask_for_code(browser, "dora@winter.example")

    pages = [browser.post(FIND, {"code": "BBBBBBBB"}).content.decode() for _ in range(3)]

    assert "Ask support" not in pages[1]
    assert "Ask support" in pages[2]
