"""The page of the mailed code: another address, one more address, and who is faster."""

from __future__ import annotations

import time
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from tests import mails
from tests.accounts.membership.actions.race import run_concurrently
from tests.factories import PASSWORD, person
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

PAGE = "/accounts/confirm-email/"
DANA = {"name": "Dana Reyes", "email": "dana@initech.example", "password1": PASSWORD}
NEW = "alice@home.example"


def add(browser: Client, email: str = NEW) -> None:
    browser.post("/accounts/email/", {"action_add": "1", "email": email})


def type_code(browser: Client, email: str, **more: str):  # type: ignore[no-untyped-def]
    return browser.post(PAGE, {"code": mails.code_in(mails.latest(email)), **more})


def test_another_address_is_a_new_sign_up_with_the_same_words(client: Client) -> None:
    client.post("/accounts/signup/?next=/activate/", DANA)
    first = mails.code_in(mails.latest("dana@initech.example"))
    for _ in range(4):
        client.post(PAGE, {"code": "BBBB-BBBB"})

    client.post(f"{PAGE}change/", {"email": "Dana@Home.example"})
    refused = client.post(PAGE, {"code": first})
    response = type_code(client, "dana@home.example")

    assert "4 attempts left" in refused.content.decode()
    assert response["Location"] == "/b/?next=%2Factivate%2F"
    dana = User.objects.get()
    assert (dana.email, dana.email_display) == ("dana@home.example", "Dana@Home.example")
    assert dana.check_password(PASSWORD)


def test_another_address_that_is_taken_leads_to_the_two_ways(client: Client) -> None:
    person("dana@home.example")
    client.post("/accounts/signup/", DANA)

    page = client.post(f"{PAGE}change/", {"email": "dana@home.example"}).content.decode()

    assert "Account already exists" in page
    assert "/accounts/login/?email=dana%40home.example" in page
    assert "/accounts/password/reset/?email=dana%40home.example" in page


def test_a_bad_other_address_is_an_error_at_its_field(client: Client) -> None:
    client.post("/accounts/signup/", DANA)

    page = client.post(f"{PAGE}change/", {"email": "dana@localhost"})

    assert "email" in page.context["change_form"].errors
    assert OutboxMail.objects.count() == 1


def test_whoever_proves_first_wins_and_the_other_reads_so(client: Client) -> None:
    rival = Client()
    for browser in (client, rival):
        browser.post("/accounts/signup/?next=/b/new/", DANA)
    codes = [mails.code_in(mail) for mail in OutboxMail.objects.order_by("pk")]

    rival.post(PAGE, {"code": codes[1]})
    page = client.post(f"{PAGE}?next=/b/new/", {"code": codes[0]}).content.decode()

    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session
    assert "Account already exists" in page
    assert "next=%2Fb%2Fnew%2F" in page


def test_a_sign_up_ends_after_a_day(client: Client) -> None:
    client.post("/accounts/signup/", DANA)
    session = client.session
    session["sign_up"] = {**session["sign_up"], "began_at": time.time() - 86_401}
    session.save()

    response = type_code(client, "dana@initech.example")

    assert response["Location"].startswith("/accounts/login/")
    assert not User.objects.exists()


def test_a_sign_up_keeps_no_password_in_the_clear_and_no_person(client: Client) -> None:
    client.post("/accounts/signup/", DANA)

    kept = client.session["sign_up"]

    assert PASSWORD not in str(kept)
    assert client.session.get_expiry_age() <= 86_400
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()


def test_the_front_door_leads_whoever_waits_back_to_the_code(client: Client) -> None:
    client.post("/accounts/signup/", DANA)

    assert client.get("/accounts/login/")["Location"] == PAGE
    assert client.get("/accounts/login/?email=dana@initech.example").status_code == 200


def test_one_more_address_is_kept_once_its_code_is_typed(alice: User, sign_in: SignIn) -> None:
    browser = sign_in(alice)
    add(browser, "Alice@Home.example")
    assert not EmailAddress.objects.filter(email=NEW).exists()

    response = type_code(browser, NEW)

    assert response["Location"] == "/accounts/email/"
    assert EmailAddress.objects.get(email=NEW).verified
    alice.refresh_from_db()
    assert alice.email == "alice@acme.example"


def test_adding_an_address_reserves_nothing(client: Client, alice: User, sign_in: SignIn) -> None:
    add(sign_in(alice), "dana@initech.example")

    client.post("/accounts/signup/", DANA)
    type_code(client, "dana@initech.example")

    assert "_auth_user_id" in client.session


def test_an_address_that_another_has_proven_meanwhile_is_not_added(
    alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    add(browser)
    person(NEW)

    page = browser.post(
        PAGE, {"code": mails.code_in(mails.latest(NEW))}, follow=True
    ).content.decode()

    assert "Account already exists" in page
    assert EmailAddress.objects.filter(email=NEW).count() == 1


def test_an_address_of_ones_own_or_of_another_is_refused(
    alice: User, charlie: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)

    own = browser.post("/accounts/email/", {"action_add": "1", "email": alice.email})
    taken = browser.post("/accounts/email/", {"action_add": "1", "email": charlie.email})

    assert "already" in str(own.context["form"].errors)
    assert "Account already exists" in str(taken.context["form"].errors)


def test_the_code_of_an_address_works_for_its_person_only(
    alice: User, charlie: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    add(browser)
    code = mails.code_in(mails.latest(NEW))
    kept = dict(browser.session["add_email_code"])
    other = sign_in(charlie)
    session = other.session
    session["add_email_code"] = kept
    session.save()

    other.post(PAGE, {"code": code})

    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_nothing_waits_leads_on(client: Client, alice: User, sign_in: SignIn) -> None:
    assert client.get(PAGE)["Location"] == "/accounts/login/"
    assert sign_in(alice).get(PAGE)["Location"] == "/accounts/email/"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_prove_one_address_at_once_one_gets_it(
    alice: User, charlie: User, sign_in: SignIn
) -> None:
    browsers = [sign_in(alice), sign_in(charlie)]
    for browser in browsers:
        add(browser)
    codes = [mails.code_in(mail) for mail in OutboxMail.objects.filter(to=NEW).order_by("pk")]

    answers = run_concurrently(
        *(
            partial(browser.post, PAGE, {"code": code})
            for browser, code in zip(browsers, codes, strict=True)
        )
    )

    assert [getattr(answer, "status_code", answer) for answer in answers] == [302, 302]
    assert EmailAddress.objects.filter(email=NEW, verified=True).count() == 1
    assert EmailAddress.objects.filter(email=NEW).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_four_who_prove_one_sign_up_at_once_one_becomes_the_person() -> None:
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        browser.post("/accounts/signup/", DANA)
    codes = [mails.code_in(mail) for mail in OutboxMail.objects.order_by("pk")]

    answers = run_concurrently(
        *(
            partial(browser.post, PAGE, {"code": code})
            for browser, code in zip(browsers, codes, strict=True)
        )
    )

    statuses = sorted(getattr(answer, "status_code", 0) for answer in answers)
    assert statuses == [200, 200, 200, 302]
    assert User.objects.count() == 1
    assert sum("_auth_user_id" in browser.session for browser in browsers) == 1
