"""The page for instances without a network: a file comes in, an answer goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import BusinessAccount, User
from licensing import tokens
from licensing.actions import files, instances, requests
from licensing.actions.requests import Choice
from licensing.models import Activation, ActivationRequest, FileAnswer, Instance, License
from tests import factories
from tests.licensing import consoles, stock
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db
PAGE = "/activate/offline/"


def send(browser: Client, content: bytes) -> Response:
    return browser.post(PAGE, {"file": SimpleUploadedFile("farm.rasreq", content)})


def activate(account: BusinessAccount, content: bytes, *, by: User, now: datetime) -> Instance:
    """Approve a request file, as the consent pages do."""
    license = License.objects.first() or stock.subscription(account, now=now)
    opened = files.open_request(file=consoles.read(content), by=by, now=now)
    choice = Choice(key=stock.primary_key(license))
    requests.approve(request=opened, account=account, choice=choice, by=by, now=now)
    return Instance.objects.get(instance_id=opened.instance_id)


def request_file(mode: str = "activate") -> bytes:
    return consoles.content(mode, request_id="0123456789abcdefghij")


def test_signed_out_one_comes_back_after_signing_in(client: Client) -> None:
    response = client.get(PAGE)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/activate/offline/"


def test_dora_names_her_company_first(dora: User, sign_in: SignIn) -> None:
    response = sign_in(dora).get(PAGE)

    assert response["Location"] == "/b/new/?next=%2Factivate%2Foffline%2F"


def test_a_member_without_the_right_sees_why(mia: User, sign_in: SignIn) -> None:
    browser = sign_in(mia)

    for response in (browser.get(PAGE), send(browser, request_file())):
        assert response.status_code == 403
        assert "license managers and administrators of Acme Corp" in response.content.decode()
    assert not ActivationRequest.objects.exists()


def test_a_file_leads_to_the_consent_pages(bob: User, sign_in: SignIn) -> None:
    response = send(sign_in(bob), request_file())

    opened = ActivationRequest.objects.get()
    assert response["Location"] == f"/activate/{opened.public_id}/"
    assert (opened.channel, opened.claimed_by) == ("offline", bob)


def test_its_text_can_be_pasted_instead(bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)
    send(browser, request_file())

    pasted = browser.post(PAGE, {"text": request_file().decode().replace("\n", "\r\n")})

    opened = ActivationRequest.objects.get()
    assert pasted["Location"] == f"/activate/{opened.public_id}/"


def test_the_consent_page_shows_the_checksum_of_the_file(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    license = stock.subscription(acme, now=now)
    browser = sign_in(bob)
    send(browser, request_file())
    opened = ActivationRequest.objects.get()
    query = {"account": acme.slug, "key": str(stock.primary_key(license).public_id)}

    page = browser.get(f"/activate/{opened.public_id}/confirm/", query).content.decode()

    digest = consoles.read(request_file()).digest
    assert tokens.dashed(tokens.checksum(digest)) in page


def test_after_the_approval_the_same_file_is_downloaded_every_time(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    opened = ActivationRequest.objects.get()

    downloads = [
        sign_in(who).get(f"/activate/{opened.public_id}/file/") for who in (alice, bob, alice)
    ]

    assert {download.content.decode() for download in downloads} == {instance.document}
    assert downloads[0]["Content-Disposition"] == 'attachment; filename="farm-one.raslic"'
    assert downloads[0]["Content-Type"] == "application/jose"
    assert "no-store" in downloads[0]["Cache-Control"]


def test_an_answered_file_leads_to_its_answer_again(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    activate(acme, request_file(), by=alice, now=now)
    opened = ActivationRequest.objects.get()

    response = send(sign_in(bob), request_file())

    assert response["Location"] == f"/activate/{opened.public_id}/done/"
    done = sign_in(bob).get(response["Location"]).content.decode()
    assert f"/activate/{opened.public_id}/file/" in done


def test_the_license_file_is_nobody_elses(
    acme: BusinessAccount,
    alice: User,
    mia: User,
    charlie: User,
    dora: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    activate(acme, request_file(), by=alice, now=now)
    address = f"/activate/{ActivationRequest.objects.get().public_id}/file/"

    answers = {who.name: sign_in(who).get(address).status_code for who in (mia, charlie, dora)}

    assert answers == {"Mia Chen": 403, "Charlie Stone": 404, "Dora Winter": 404}


def test_who_brought_it_and_asked_for_approval_takes_the_answer_home(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn, now: datetime
) -> None:
    license = stock.subscription(acme, now=now)
    opened = files.open_request(file=consoles.read(request_file()), by=mia, now=now)
    requests.hand_over(request=opened, account=acme, by=mia, now=now)
    choice = Choice(key=stock.primary_key(license))
    requests.approve(request=opened, account=acme, choice=choice, by=alice, now=now)

    response = sign_in(mia).get(f"/activate/{opened.public_id}/file/")

    assert response.content.decode() == Instance.objects.get().document


def test_what_is_not_approved_has_no_file(bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)
    send(browser, request_file())

    response = browser.get(f"/activate/{ActivationRequest.objects.get().public_id}/file/")

    assert response.status_code == 404


def test_a_file_that_somebody_else_uploaded_is_told(
    alice: User, bob: User, sign_in: SignIn
) -> None:
    send(sign_in(alice), request_file())

    page = send(sign_in(bob), request_file())

    assert page.status_code == 200
    assert "Somebody else has uploaded this file already" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Choose the file"),
        ({"text": "  \n"}, "Choose the file"),
        ({"text": "{}"}, "isn&#x27;t a request file"),
        ({"text": "x" * 70_000}, "at most 64 KB"),
        ({"text": "\x00"}, "Null characters"),
        ({"file": SimpleUploadedFile("farm.rasreq", b"")}, "isn&#x27;t a request file"),
        ({"file": SimpleUploadedFile("farm.exe", b"MZ\x00")}, "isn&#x27;t a request file"),
        ({"file": SimpleUploadedFile("f", b"x" * 70_000)}, "at most 64 KB"),
        ({"file": SimpleUploadedFile("f", b"{}"), "text": "{}"}, "not both"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_said_at_the_field(
    bob: User, sign_in: SignIn, given: dict[str, Any], why: str
) -> None:
    response = sign_in(bob).post(PAGE, given)

    assert response.status_code == 200
    assert why in response.content.decode()
    assert not ActivationRequest.objects.exists()


def test_a_refresh_file_gives_a_fresh_license_file(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    browser = sign_in(bob)

    response = send(browser, consoles.of_instance(instance, "refresh"))

    answer = FileAnswer.objects.get()
    assert response["Location"] == f"/activate/offline/{answer.public_id}/"
    page = browser.get(response["Location"]).content.decode()
    assert "A fresh license file for Farm One" in page
    ends_on = timezone.now() + timedelta(days=90)
    assert f"good until {ends_on:%b} {ends_on.day}, {ends_on.year}" in page
    download = browser.get(f"/activate/offline/{answer.public_id}/file/")
    assert download.content.decode() == answer.document != instance.document
    assert download["Content-Disposition"] == 'attachment; filename="farm-one.raslic"'


def test_a_deactivation_file_gives_a_receipt(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    browser = sign_in(alice)

    response = send(browser, consoles.of_instance(instance, "deactivate"))

    page = browser.get(response["Location"]).content.decode()
    assert "Farm One is deactivated" in page
    assert "good until" not in page
    download = browser.get(f"{response['Location']}file/")
    assert download["Content-Disposition"] == 'attachment; filename="farm-one.rasreceipt"'
    assert not Activation.objects.live().exists()


def test_an_answer_is_nobody_elses(
    acme: BusinessAccount,
    alice: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    page = send(sign_in(alice), consoles.of_instance(instance, "refresh"))["Location"]

    answers = [
        sign_in(who).get(address).status_code
        for address in (page, f"{page}file/")
        for who in (mia, charlie)
    ]

    assert answers == [403, 404, 403, 404]


def test_a_refusal_is_said_at_the_field(
    acme: BusinessAccount, alice: User, charlie: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    content = consoles.of_instance(instance, "refresh")
    instances.deactivate(instance=instance, by=alice, now=now)

    assert "licensed any more" in send(sign_in(alice), content).content.decode()
    stranger = send(sign_in(charlie), content).content.decode()
    assert "that you aren&#x27;t a member of" in stranger
    assert "Acme" not in stranger


def test_a_blocked_manager_is_no_manager(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    acme.memberships.filter(user=bob).update(blocked_at=now)

    assert sign_in(bob).get(PAGE).status_code == 403


def test_thirty_files_in_ten_minutes_are_enough(bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)

    answers = [browser.post(PAGE, {"text": "{}"}).status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_page_asks_the_database_little(
    bob: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(bob)
    browser.get(PAGE)

    with django_assert_max_num_queries(4):
        browser.get(PAGE)


def test_a_name_of_foreign_letters_still_makes_a_file_name(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    activate(acme, consoles.content(instance_name="農場"), by=alice, now=now)

    address = f"/activate/{ActivationRequest.objects.get().public_id}/file/"
    response = sign_in(alice).get(address)

    assert response["Content-Disposition"] == 'attachment; filename="instance.raslic"'


def test_who_manages_one_of_two_accounts_may_use_it(
    acme: BusinessAccount, globex: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    factories.member(globex, mia, "license_manager")

    assert sign_in(mia).get(PAGE).status_code == 200


def test_a_request_that_ended_says_to_upload_its_file_again(
    bob: User, sign_in: SignIn, now: datetime
) -> None:
    browser = sign_in(bob)
    page = send(browser, request_file())["Location"]
    ActivationRequest.objects.update(expires_at=now - timedelta(minutes=1))

    ended = browser.get(page, follow=True).content.decode()
    again = send(browser, request_file())

    assert "Upload the request file again" in ended
    assert again["Location"] == page
    assert browser.get(page, follow=True).status_code == 200
