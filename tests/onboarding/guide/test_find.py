"""Find my account: the mailbox is proven first, then everything is told (SPEC 2.2)."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from tests import factories
from tests.onboarding.mailbox import FIND, ask_for_code, mailed_code, mails_to, prove

pytestmark = pytest.mark.django_db


def test_the_answer_is_the_same_for_every_address(mia: User) -> None:
    pages = [
        ask_for_code(Client(), email).replace(email, "ADDRESS")
        for email in (mia.email, "nobody@else.example")
    ]
    known, unknown = (
        re.sub(r'value="[^"]{60,}"|data-copy="[^"]+"|<code>[^<]+</code>', "", page)
        for page in pages
    )

    assert "We sent a code to" in known
    assert known == unknown
    assert mails_to(mia.email) == mails_to("nobody@else.example") == 1


def test_known_and_unknown_addresses_cost_the_same_queries(mia: User) -> None:
    counts = []
    for email in (mia.email, "nobody@else.example"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(FIND, {"email": email})
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_mail_carries_the_code_first_and_never_in_the_subject() -> None:
    ask_for_code(Client(), "dora@winter.example")

    mail = OutboxMail.objects.get(to="dora@winter.example")

    code = mailed_code("dora@winter.example")
    assert mail.text.startswith(code)
    assert code not in mail.subject
    assert mail.expires_at - mail.created_at == timedelta(minutes=15)


def test_mia_finds_her_login() -> None:
    now = timezone.now()
    alice = factories.person("alice@acme.example")
    acme = factories.business_account("Acme Corp", administrator=alice, now=now)
    mia = factories.person("mia@acme.example")
    factories.member(acme, mia)

    html = prove(Client(), "mia@acme.example", next="/activate/")

    assert 'data-recommendation="sign-in"' in html
    assert "Acme Corp" in html
    assert "/accounts/login/?next=%2Factivate%2F&amp;email=mia%40acme.example" in html


def test_dora_finds_her_invitation(acme: BusinessAccount, alice: User, now: datetime) -> None:
    invitation = factories.invitation(acme, "dora@winter.example", by=alice, now=now)

    html = prove(Client(), "dora@winter.example")

    assert 'data-recommendation="join"' in html
    assert "Join Acme Corp" in html
    assert invitation.get_absolute_url() in html


@pytest.mark.parametrize("fact", ["revoked_at", "declined_at", "expires_at"])
def test_an_invitation_that_ended_is_not_offered(
    acme: BusinessAccount, alice: User, now: datetime, fact: str
) -> None:
    invitation = factories.invitation(acme, "dora@winter.example", by=alice, now=now)
    setattr(invitation, fact, now)
    invitation.save(update_fields=[fact])

    assert 'data-recommendation="create"' in prove(Client(), "dora@winter.example")


def test_a_colleague_at_the_same_domain_may_ask_to_join(acme: BusinessAccount) -> None:
    html = prove(Client(), "newcomer@acme.example")

    assert 'data-recommendation="ask-admin"' in html
    assert "Ask to join" in html
    assert f"/start/ask/{acme.slug}/" in html
    assert "alice@acme.example" not in html


@pytest.mark.parametrize("email", ["x@sub.acme.example", "x@acme.example.com", "x@cme.example"])
def test_only_exactly_the_same_domain_counts(acme: BusinessAccount, email: str) -> None:
    assert 'data-recommendation="create"' in prove(Client(), email)


def test_an_account_can_opt_out(acme: BusinessAccount) -> None:
    acme.joinable_by_domain = False
    acme.save(update_fields=["joinable_by_domain"])

    assert 'data-recommendation="create"' in prove(Client(), "newcomer@acme.example")


def test_people_with_public_mail_are_no_colleagues(now: datetime) -> None:
    ann = factories.person("ann@gmail.com")
    factories.business_account("Ann's Shop", administrator=ann, now=now)

    html = prove(Client(), "stranger@gmail.com")

    assert 'data-recommendation="create"' in html
    assert "Ann" not in html


def test_nothing_found_leads_to_creating_with_the_proven_address() -> None:
    browser = Client()

    html = prove(browser, "new@fresh.example", next="/activate/")

    assert 'data-recommendation="create"' in html
    assert "/accounts/signup/?next=%2Factivate%2F&amp;email=new%40fresh.example" in html
    assert browser.session["proven"]["email"] == "new@fresh.example"


def test_the_proven_address_counts_as_verified_at_sign_up() -> None:
    browser = Client()
    prove(browser, "new@fresh.example")

    browser.post(
        "/accounts/signup/",
        {"name": "Nell", "email": "new@fresh.example", "password1": "four quiet rivers run"},
    )

    assert EmailAddress.objects.get(email="new@fresh.example").verified
    assert "_auth_user_id" in browser.session


def test_one_network_has_five_codes_mailed_and_the_page_never_says_so() -> None:
    pages = [
        ask_for_code(Client(REMOTE_ADDR=f"192.0.2.{n}"), "dora@winter.example") for n in range(6)
    ]

    assert mails_to("dora@winter.example") == 5
    assert all("We sent a code to" in page for page in pages)


def test_an_origin_asks_five_times_a_minute() -> None:
    codes = [
        Client(REMOTE_ADDR="198.51.100.7").post(FIND, {"email": f"p{n}@x.example"}).status_code
        for n in range(6)
    ]

    assert codes == [302] * 5 + [429]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "x",
        "a@b",
        "a@[127.0.0.1]",
        "é@acme.example",
        "a@b.example\r\nBcc: c@d.example",
        "a" * 300,
    ],
)
def test_what_is_no_address_is_refused_at_the_field_and_mails_nothing(email: str) -> None:
    html = Client().post(FIND, {"email": email}).content.decode()

    assert "field-error" in html
    assert not OutboxMail.objects.exists()


def test_another_address_can_be_looked_up_at_any_time() -> None:
    browser = Client()
    prove(browser, "dora@winter.example")

    html = browser.get(f"{FIND}?another=1").content.decode()
    second = prove(browser, "d.winter@winter.example")

    assert 'name="email"' in html
    assert "d.winter@winter.example" in second


def test_the_guide_knows_a_proven_invitation(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.invitation(acme, "dora@winter.example", by=alice, now=now)
    browser = Client()
    prove(browser, "dora@winter.example")

    html = browser.get("/start/?task=activate&instance=later&login=works").content.decode()

    assert 'data-recommendation="join"' in html
