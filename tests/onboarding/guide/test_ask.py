"""Ask an administrator: carried by the portal, telling nothing (SPEC A13)."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import JoinRequest
from accounts.outbox.models import OutboxMail
from onboarding.guide.actions import deferred_tasks
from tests import factories
from tests.onboarding.mailbox import prove
from tests.personas import SignIn

ASK = "/start/ask/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora_proven() -> Client:
    browser = Client()
    prove(browser, "dora@winter.example")
    return browser


def ask(browser: Client, colleague: str, **fields: str) -> str:
    sent = {"colleague": colleague, "name": "Dora Winter", "message": "The farm in Graz."}
    page = browser.post(ASK, sent | fields, follow=True).content.decode()
    deferred_tasks.run_due(now=timezone.now())
    return page


def test_the_mailbox_is_proven_first_and_then_the_form_comes() -> None:
    browser = Client()

    first = browser.get(f"{ASK}?next=/activate/")
    html = prove(browser, "dora@winter.example", then="ask", next="/activate/")

    assert first["Location"] == "/start/find/?then=ask&next=%2Factivate%2F"
    assert 'name="colleague"' in html
    assert 'value="/activate/"' in html


def test_alice_gets_doras_request(acme: BusinessAccount, mia: User, dora_proven: Client) -> None:
    ask(dora_proven, "MIA@acme.example")

    request = JoinRequest.objects.get()
    assert (request.account, request.email, request.name) == (
        acme,
        "dora@winter.example",
        "Dora Winter",
    )
    mails = OutboxMail.objects.filter(kind="join_requested")
    assert [mail.to for mail in mails] == ["alice@acme.example"]


def test_the_answer_is_the_same_for_an_unknown_address(
    acme: BusinessAccount, mia: User, dora_proven: Client
) -> None:
    known, unknown = (
        re.sub(r"<code>[^<]+</code>|reference=[\w-]+|data-copy=\"[^\"]+\"", "", page)
        for page in (ask(dora_proven, mia.email), ask(dora_proven, "nobody@else.example"))
    )

    assert known == unknown
    assert "alice@acme.example" not in known
    assert "Acme" not in known


def test_the_primary_email_of_a_purchase_leads_to_its_account(
    acme: BusinessAccount, alice: User, dora_proven: Client, now: datetime
) -> None:
    factories.invitation(acme, "purchasing@acme.example", by=None, now=now)

    ask(dora_proven, "purchasing@acme.example")

    assert JoinRequest.objects.get().account == acme


def test_a_blocked_member_leads_nowhere(acme: BusinessAccount, dora_proven: Client) -> None:
    eve = factories.person("eve@acme.example")
    factories.member(acme, eve, blocked=True)

    ask(dora_proven, "eve@acme.example")

    assert not JoinRequest.objects.exists()


def test_asking_twice_is_one_request_and_one_mail(mia: User, dora_proven: Client) -> None:
    ask(dora_proven, mia.email)
    ask(dora_proven, mia.email)

    assert JoinRequest.objects.count() == 1
    assert OutboxMail.objects.filter(kind="join_requested").count() == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"colleague": "nope"}, "Enter an email address"),
        ({"name": ""}, "Enter your name"),
        ({"name": "x\u202ey"}, "invisible character"),
        ({"message": "x" * 501}, "500"),
    ],
)
def test_bad_input_is_said_at_the_field(
    mia: User, dora_proven: Client, fields: dict[str, str], error: str
) -> None:
    html = ask(dora_proven, fields.pop("colleague", mia.email), **fields)

    assert error in html
    assert not JoinRequest.objects.exists()


def test_an_address_asks_five_times_an_hour(dora_proven: Client) -> None:
    fields = {"colleague": "nobody@else.example", "name": "Dora"}

    codes = [dora_proven.post(ASK, fields).status_code for _ in range(6)]

    assert codes == [302] * 5 + [429]


def test_dora_signed_in_needs_no_code(mia: User, dora: User, sign_in: SignIn) -> None:
    browser = sign_in(dora)

    html = browser.get(ASK).content.decode()
    ask(browser, mia.email)

    assert 'value="Dora Winter"' in html
    assert JoinRequest.objects.get().email == dora.email


def test_a_newcomer_asks_to_join_colleagues_at_the_same_domain(acme: BusinessAccount) -> None:
    browser = Client()
    prove(browser, "newcomer@acme.example")

    browser.post(f"{ASK}{acme.slug}/", {"name": "Nick"})
    html = browser.get("/start/find/").content.decode()

    assert JoinRequest.objects.get().email == "newcomer@acme.example"
    assert "You've asked your colleagues" in html.replace("&#x27;", "'")
    assert "Ask to join" not in html


def test_nobody_asks_to_join_an_account_of_another_domain(
    acme: BusinessAccount, dora_proven: Client
) -> None:
    response = dora_proven.post(f"{ASK}{acme.slug}/", {"name": "Dora"})

    assert response.status_code == 404
    assert not JoinRequest.objects.exists()


def test_asking_to_join_without_a_proof_leads_to_the_proof(acme: BusinessAccount) -> None:
    response = Client().post(f"{ASK}{acme.slug}/", {"name": "Dora"})

    assert response["Location"] == "/start/find/"
