"""License files and receipts: who may take them, and that they are the same every time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.fleet.actions import instances
from licensing.licenses.models import Activation, Instance
from licensing.offline.actions import offline
from licensing.offline.models import FileAnswer
from tests.licensing import license_factories, request_file_factories
from tests.licensing.views.offline_steps import activate, request_file, send
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_a_refresh_file_gives_a_fresh_license_file(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    browser = sign_in(bob)

    response = send(browser, request_file_factories.of_instance(instance, "refresh"))

    answer = FileAnswer.objects.get()
    assert response["Location"] == f"/activate/offline/{answer.public_id}/"
    page = browser.get(response["Location"]).content.decode()
    assert "A new license file for Farm One" in page
    ends_on = timezone.now() + timedelta(days=90)
    assert f"valid until {ends_on:%b} {ends_on.day}, {ends_on.year}" in page
    download = browser.get(f"/activate/offline/{answer.public_id}/file/")
    assert download.content.decode() == answer.document != instance.document
    assert download["Content-Disposition"] == 'attachment; filename="farm-one.raslic"'


def test_a_deactivation_file_gives_a_receipt(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    browser = sign_in(alice)

    response = send(browser, request_file_factories.of_instance(instance, "deactivate"))

    page = browser.get(response["Location"]).content.decode()
    assert "Farm One is deactivated" in page
    assert "good until" not in page
    download = browser.get(f"{response['Location']}file/")
    assert download["Content-Disposition"] == 'attachment; filename="farm-one.rasreceipt"'
    assert not Activation.objects.live().exists()


def test_an_account_that_wants_two_steps_gets_them_before_it_answers_a_file(
    acme: BusinessAccount, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    acme.require_two_step = True
    acme.save(update_fields=["require_two_step"])

    response = send(sign_in(bob), request_file_factories.of_instance(instance, "deactivate"))

    assert response["Location"] == f"/accounts/2fa/?required={acme.slug}"
    assert Activation.objects.live().exists()


def test_an_answer_is_nobody_elses(
    acme: BusinessAccount,
    alice: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    instance = activate(acme, request_file(), by=alice, now=now)
    page = send(sign_in(alice), request_file_factories.of_instance(instance, "refresh"))["Location"]

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
    content = request_file_factories.of_instance(instance, "refresh")
    instances.deactivate(instance=instance, by=alice, now=now)

    assert "no longer licensed" in send(sign_in(alice), content).content.decode()
    stranger = send(sign_in(charlie), content).content.decode()
    assert "you&#x27;re not a member of" in stranger
    assert "Acme" not in stranger


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
    license = license_factories.subscription(acme, now=now)
    opened = offline.open_request(file=request_file_factories.read(request_file()), by=mia, now=now)
    requests.hand_over(request=opened, account=acme, by=mia, now=now)
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    requests.approve(request=opened, account=acme, choice=choice, by=alice, now=now)

    response = sign_in(mia).get(f"/activate/{opened.public_id}/file/")

    assert response.content.decode() == Instance.objects.get().document


def test_what_is_not_approved_has_no_file(bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)
    send(browser, request_file())

    response = browser.get(f"/activate/{ActivationRequest.objects.get().public_id}/file/")

    assert response.status_code == 404


def test_a_name_of_foreign_letters_still_makes_a_file_name(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    activate(acme, request_file_factories.content(instance_name="農場"), by=alice, now=now)

    address = f"/activate/{ActivationRequest.objects.get().public_id}/file/"
    response = sign_in(alice).get(address)

    assert response["Content-Disposition"] == 'attachment; filename="instance.raslic"'
