"""The page for instances without a network: a file comes in, an answer goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.protocol import tokens
from tests import factories
from tests.licensing import license_factories, request_file_factories
from tests.licensing.views.offline_steps import PAGE, activate, request_file, send
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


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
    license = license_factories.subscription(acme, now=now)
    browser = sign_in(bob)
    send(browser, request_file())
    opened = ActivationRequest.objects.get()
    query = {"account": acme.slug, "key": str(license_factories.primary_key(license).public_id)}

    page = browser.get(f"/activate/{opened.public_id}/confirm/", query).content.decode()

    digest = request_file_factories.read(request_file()).digest
    assert tokens.dashed(tokens.checksum(digest)) in page


def test_an_answered_file_leads_to_its_answer_again(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    activate(acme, request_file(), by=alice, now=now)
    opened = ActivationRequest.objects.get()

    response = send(sign_in(bob), request_file())

    assert response["Location"] == f"/activate/{opened.public_id}/done/"
    done = sign_in(bob).get(response["Location"]).content.decode()
    assert f"/activate/{opened.public_id}/file/" in done


def test_a_file_that_somebody_else_uploaded_is_told(
    alice: User, bob: User, sign_in: SignIn
) -> None:
    send(sign_in(alice), request_file())

    page = send(sign_in(bob), request_file())

    assert page.status_code == 200
    assert "Someone else has already uploaded this file" in page.content.decode()


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
