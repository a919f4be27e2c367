"""What mails about instances say (DESIGN, Mails)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.enrollment.actions import enrollment
from licensing.fleet.actions import check_ins, document_reminders
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.models import Activation, Instance, Key
from tests.accounts.test_emails import check
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db
AT = datetime(2027, 2, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def key(acme: BusinessAccount) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=AT))


def approve(
    request: ActivationRequest, key: Key, by: User, *, replacing: Instance | None = None
) -> Activation:
    account = key.license.account
    assert account is not None
    choice = ApprovalChoice(key=key, replacing=replacing)
    return requests.approve(request=request, account=account, choice=choice, by=by, now=AT)


def the_mail(kind: str) -> OutboxMail:
    """The only one, complete and harmless."""
    mail = OutboxMail.objects.get(kind=kind)
    check(mail)
    return mail


def said(mail: OutboxMail) -> str:
    """The plain text above the small print."""
    return mail.text.partition("\n-- \n")[0]


def test_an_activation_is_told_with_who_when_and_under_what(
    acme: BusinessAccount, bob: User, key: Key
) -> None:
    activation = approve(license_factories.request(now=AT), key, bob)

    mail = the_mail("instance_activated")
    assert mail.subject == "Farm One was activated"
    assert said(mail) == (
        "Bob Lindt (bob@acme.example) activated Farm One for Acme Corp.\n\n"
        "When: Feb 3, 2027, 14:05 UTC\n"
        "Host: ras1.acme.example\n"
        "Version: 20.0\n"
        "License: Subscription 2027\n"
        f"Key: …{key.last_five}\n\n"
        "View the instance:\n"
        f"http://testserver{activation.instance.get_absolute_url()}\n"
    )
    assert "deactivate the instance on that page" in mail.text


def test_an_upgrade_is_told_as_one(bob: User, key: Key) -> None:
    asked = license_factories.request(now=AT, mode="upgrade", from_version="19.4", version="20.0")

    approve(asked, key, bob)

    mail = the_mail("instance_activated")
    assert mail.subject == "Farm One was upgraded to version 20.0"
    assert "upgraded Farm One of Acme Corp from version 19.4 to 20.0." in said(mail)


def test_a_replacement_is_named(acme: BusinessAccount, bob: User, key: Key) -> None:
    old = license_factories.instance(acme, now=AT, name="Old Farm")
    license_factories.activation(old, key, now=AT)

    approve(license_factories.request(now=AT), key, bob, replacing=old)

    assert "replaces Old Farm, which was deactivated." in said(the_mail("instance_activated"))


def test_an_unattended_activation_names_the_token_instead_of_a_person(
    acme: BusinessAccount, alice: User, key: Key
) -> None:
    token = enrollment.make(
        account=acme,
        key=key,
        name="Image",
        uses=1,
        expires_at=AT + timedelta(days=1),
        by=alice,
        now=AT,
    ).token

    enrollment.activate(token=token, installation=license_factories.installation(), now=AT)

    mail = the_mail("instance_activated")
    assert said(mail).startswith(
        "Farm One was activated for Acme Corp automatically by an enrollment token."
    )
    assert "revoke the enrollment token" in mail.text


def test_an_approval_is_asked_for_with_all_that_helps_to_decide(
    acme: BusinessAccount, mia: User
) -> None:
    asked = license_factories.request(now=AT - timedelta(minutes=5), claimed_by=mia)

    requests.hand_over(request=asked, account=acme, by=mia, now=AT)

    mail = the_mail("approval_wanted")
    assert mail.subject == "Mia Chen asks you to approve Farm One"
    assert said(mail) == (
        "Mia Chen (mia@acme.example) asks you to let Farm One be activated for Acme Corp.\n\n"
        "When: Feb 3, 2027, 14:00 UTC\n"
        "From: 192.0.2.7\n"
        "Host: ras1.acme.example\n"
        "Version: 20.0\n\n"
        "You choose its license or key. Until then nothing is used, and its console waits.\n\n"
        "View the request:\n"
        f"http://testserver{asked.get_absolute_url()}\n"
    )
    assert "The request is valid until Feb 4, 2027, 14:05 UTC." in mail.text
    assert mail.expires_at == AT + timedelta(hours=24)


def test_a_request_is_handed_over_with_one_mail(acme: BusinessAccount, mia: User) -> None:
    asked = license_factories.request(now=AT, claimed_by=mia)

    for _time in range(2):
        requests.hand_over(request=asked, account=acme, by=mia, now=AT)

    assert OutboxMail.objects.filter(kind="approval_wanted").count() == 1


def test_more_users_than_seats_are_told_once_with_the_day_of_the_limit(
    acme: BusinessAccount, key: Key
) -> None:
    farm = license_factories.instance(acme, now=AT, token_digest="0" * 64)
    license_factories.activation(farm, key, now=AT)

    for day in range(3):
        now = AT + timedelta(days=day)
        activation = reporting.of_token("0" * 64)
        assert activation is not None
        report = Report("20.0", {now.date(): 120 + day})
        check_ins.record(activation=activation, report=report, now=now)

    mail = the_mail("seats_exceeded")
    assert mail.subject == "Farm One has more users than seats"
    assert (
        f"Instances that use the key …{key.last_five} of Subscription 2027 reported 120 "
        "concurrent users. It has 100 seats."
    ) in said(mail)
    assert "limited from Feb 10, 2027, 14:05 UTC." in said(mail)
    assert "What you can do: add seats" in said(mail)


def test_the_end_of_a_license_file_is_told_with_the_way_to_a_new_one(
    acme: BusinessAccount, key: Key
) -> None:
    ends_at = AT + timedelta(days=14)
    farm = license_factories.instance(acme, now=AT, document_ends_at=ends_at)
    license_factories.activation(
        farm, key, now=AT - timedelta(days=76), channel=Activation.Channel.OFFLINE
    )

    for _run in range(2):
        document_reminders.remind(now=AT)

    mail = the_mail("document_ends")
    assert mail.subject == "The license file of Farm One ends on Feb 17, 2027"
    assert said(mail).endswith(
        "1. Save a request file in its console.\n"
        "2. Upload it on the page below, and download the new license file.\n"
        "3. Load that file in the console.\n\n"
        "A new file is valid for up to 90 days, but never longer than the license.\n\n"
        "Upload the request file:\n"
        "http://testserver/activate/offline/\n"
    )
