"""Support: a link, a reference, a message (SPEC A24)."""

import re
import uuid
from datetime import datetime

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from onboarding.support.models import SupportMessage
from tests import factories
from tests.personas import SignIn

SUPPORT = "/support/"
MESSAGE = {
    "email": "dora@winter.example",
    "subject": "No code arrives",
    "message": "I waited an hour.\nNothing came.",
}

pytestmark = pytest.mark.django_db


def send(browser: Client, **fields: str) -> str:
    return browser.post(SUPPORT, MESSAGE | fields, follow=True).content.decode()


def mail() -> OutboxMail:
    return OutboxMail.objects.get(kind="support_message")


def test_the_page_names_the_link_the_address_and_a_reference() -> None:
    html = Client().get(SUPPORT).content.decode()

    assert "https://support.example/ras/" in html
    assert "support@portal.example" in html
    assert re.search(r'data-copy="[0-9A-Z]{3,4}-[0-9A-Z]{4}"', html)


def test_the_message_goes_to_support_and_is_answered_to_the_sender() -> None:
    html = send(Client())

    assert mail().to == "support@portal.example"
    assert mail().reply_to == "dora@winter.example"
    assert "Nothing came." in mail().text
    assert "Support has your message" in html


def test_the_reference_of_the_page_that_failed_is_kept_through_to_the_mail() -> None:
    browser = Client()
    page = browser.get(f"{SUPPORT}?reference=7QK-DM4P").content.decode()

    html = send(browser, reference="7QK-DM4P")

    assert 'name="reference" value="7QK-DM4P"' in page
    assert "7QK-DM4P" in html
    assert "7QK-DM4P" in mail().subject


@pytest.mark.parametrize("reference", ["<b>x</b>", "7QK-DM4P\r\nBcc: x@y.example", "A" * 500])
def test_a_made_up_reference_is_not_repeated(reference: str) -> None:
    html = Client().get(SUPPORT, {"reference": reference}).content.decode()

    assert reference not in html
    assert "Bcc" not in html


def test_support_learns_the_page_but_no_secret_in_its_address(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    invitation = factories.invitation(acme, "dora@winter.example", by=alice, now=now)
    url = invitation.get_absolute_url()
    browser = Client()

    page = browser.get(SUPPORT, headers={"Referer": f"http://testserver{url}?next=/x/"})

    assert 'name="came_from" value="/invitations/&lt;str:token&gt;/' in page.content.decode()
    assert invitation.token not in page.content.decode()


def test_a_foreign_referer_is_not_told() -> None:
    page = Client().get(SUPPORT, headers={"Referer": "https://evil.example/start/"})

    assert 'name="came_from" value' not in page.content.decode()


def test_support_learns_who_is_signed_in_and_where(
    acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    browser = sign_in(mia)
    page = browser.get(SUPPORT).content.decode()

    send(browser, email=mia.email)

    assert 'value="mia@acme.example"' in page
    assert acme.slug in mail().text
    assert "Member" in mail().text


def test_mia_gets_a_receipt_because_her_address_is_proven(mia: User, sign_in: SignIn) -> None:
    send(sign_in(mia), email=mia.email)

    assert OutboxMail.objects.get(kind="support_receipt").to == mia.email


def test_nobody_gets_a_receipt_at_an_address_that_is_not_proven(mia: User, sign_in: SignIn) -> None:
    send(Client())
    send(sign_in(mia), email="victim@globex.example")

    assert not OutboxMail.objects.filter(kind="support_receipt").exists()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"email": "nope"}, "Enter an email address"),
        ({"subject": ""}, "Say in a few words"),
        ({"subject": "x\u202ey"}, "invisible character"),
        ({"message": " "}, "Tell us what happened"),
        ({"message": "x" * 5001}, "5000"),
    ],
)
def test_bad_input_is_said_at_the_field_and_nothing_typed_is_lost(
    fields: dict[str, str], error: str
) -> None:
    html = send(Client(), **fields)

    assert error in html
    assert "No code arrives" in html or "subject" in fields
    assert not OutboxMail.objects.exists()


def test_a_form_sent_twice_is_one_message_and_one_mail(mia: User, sign_in: SignIn) -> None:
    browser, token = sign_in(mia), "5b0c3f9e-3f5d-4c0e-9a51-1f2c3d4e5f60"

    first = send(browser, form_token=token)
    second = send(browser, form_token=token)

    kept = SupportMessage.objects.get()
    assert (kept.user, kept.message.splitlines()[-1]) == (mia, "Nothing came.")
    assert kept.reference in first
    assert kept.reference in second
    assert OutboxMail.objects.filter(kind="support_message").count() == 1


def test_back_and_the_same_words_again_is_one_message() -> None:
    browser = Client()

    pages = [send(browser, form_token=str(uuid.uuid4())) for _ in range(2)]

    kept = SupportMessage.objects.get()
    assert all(kept.reference in page for page in pages)
    assert OutboxMail.objects.filter(kind="support_message").count() == 1


def test_the_same_words_after_an_answer_are_news(now: datetime) -> None:
    send(Client())
    SupportMessage.objects.update(answered_at=now)

    send(Client())

    assert SupportMessage.objects.count() == 2


def test_other_words_in_the_same_form_are_not_lost() -> None:
    browser, token = Client(), str(uuid.uuid4())
    send(browser, form_token=token)

    send(browser, form_token=token, message="Now it is something else.")

    assert OutboxMail.objects.filter(text__contains="Now it is something else.").count() == 1


def test_addresses_of_ours_stand_in_the_mail_as_they_are(mia: User, sign_in: SignIn) -> None:
    send(sign_in(mia), email=mia.email)

    assert "Portal: http://testserver/" in mail().text
    assert "Signed in as: mia@acme.example" in mail().text
    assert "The address is verified" in mail().text


def test_support_is_warned_of_an_address_that_is_not_proven() -> None:
    send(Client())

    assert "The address isn't verified" in mail().text


def test_header_injection_stays_one_line() -> None:
    html = send(Client(), subject="Hello\r\nBcc: victim@globex.example")

    assert "field-error" in html or "\n" not in mail().subject


def test_an_origin_writes_five_times_an_hour() -> None:
    browser = Client(REMOTE_ADDR="198.51.100.9")

    codes = [browser.post(SUPPORT, MESSAGE).status_code for _ in range(6)]

    assert codes == [302] * 5 + [429]
