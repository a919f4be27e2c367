"""The vendor stops a license and lets it run again; the company reads why (SPEC 4.2, 6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.event_sentences import sentences
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.actions import check_ins
from licensing.fleet.actions.check_ins import Report
from licensing.licenses.actions import suspension
from licensing.licenses.errors import LicenseNotUsable
from licensing.licenses.models import Instance, License
from licensing.licenses.rules import entitlement
from licensing.offline.actions import offline
from tests.accounts.test_emails import check
from tests.licensing import license_factories, reporting_instances, request_file_factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
REASON = "The invoice of October is open"


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


def suspend(license: License, now: datetime, by: User | None = None) -> bool:
    return suspension.suspend(license=license, reason=REASON, by=by, now=now)


def state(license: License, now: datetime) -> entitlement.LicenseStatus:
    license.refresh_from_db()
    return entitlement.status(license, now.date())


def test_a_suspended_license_says_why_and_resumed_it_is_as_before(
    license: License, acme: BusinessAccount, sam: User, now: datetime
) -> None:
    before = state(license, now)

    assert suspend(license, now, sam)
    assert state(license, now) is entitlement.LicenseStatus.SUSPENDED
    assert license.suspended_because == f"{REASON}."

    assert suspension.resume(license=license, reason="Paid.", by=sam, now=now)
    assert state(license, now) is before
    assert license.suspended_because == ""
    said = [sentences(event)[0] for event in acme.events.order_by("pk")]
    assert said == [
        f"Sam Staff suspended the license Subscription 2027. Reason: {REASON}",
        "Sam Staff resumed the license Subscription 2027. Reason: Paid.",
    ]


def test_twice_is_once(license: License, acme: BusinessAccount, now: datetime) -> None:
    assert suspend(license, now)
    assert not suspension.suspend(license=license, reason="Other", by=None, now=now)
    license.refresh_from_db()
    assert license.suspension_reason == REASON

    assert suspension.resume(license=license, reason="Paid", by=None, now=now)
    assert not suspension.resume(license=license, reason="Paid", by=None, now=now)
    assert acme.events.count() == 2


def test_who_manages_licenses_is_told_of_both(
    license: License, alice: User, bob: User, mia: User, now: datetime
) -> None:
    suspend(license, now)
    suspension.resume(license=license, reason="Paid", by=None, now=now)

    for kind in ("license_suspended", "license_resumed"):
        mails = list(OutboxMail.objects.filter(kind=kind).order_by("to"))
        assert [mail.to for mail in mails] == [alice.email, bob.email]
        for mail in mails:
            check(mail)
    assert REASON in OutboxMail.objects.filter(kind="license_suspended")[0].text


def test_only_staff_may(license: License, alice: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        suspend(license, now, alice)

    assert state(license, now).is_usable


def test_a_license_that_nobody_has_yet_can_be_suspended(now: datetime) -> None:
    waiting = license_factories.subscription(None, now=now)

    assert suspend(waiting, now)
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize(
    "facts", [{"suspended_at": None, "suspension_reason": "Why?"}, {"suspension_reason": ""}]
)
def test_the_database_keeps_when_and_why_together(
    license: License, now: datetime, facts: dict[str, object]
) -> None:
    suspend(license, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        License.objects.filter(pk=license.pk).update(**facts)


@pytest.fixture
def farm(license: License, now: datetime) -> Instance:
    return reporting_instances.farm_of(license, now=now)


def test_what_runs_goes_on_and_its_check_in_says_why_it_gets_no_new_document(
    license: License, farm: Instance, now: datetime
) -> None:
    last = reporting_instances.report(farm, {now: 1}, now=now).document
    suspend(license, now)

    answer = reporting_instances.report(farm, {now: 1}, now=now + timedelta(days=1))

    assert answer.document == last
    assert [notice.code for notice in answer.notices] == ["license_suspended"]
    assert f"Reason: {REASON}." in answer.notices[0].text


def test_resumed_the_next_check_in_brings_a_new_document(
    license: License, farm: Instance, now: datetime
) -> None:
    last = reporting_instances.report(farm, {now: 1}, now=now).document
    suspend(license, now)
    suspension.resume(license=license, reason="Paid", by=None, now=now)

    answer = reporting_instances.report(farm, {now: 1}, now=now + timedelta(days=1))

    assert answer.document != last
    assert answer.notices == []


def test_nothing_new_is_activated_under_it_and_the_refusal_says_why(
    license: License, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    asked = license_factories.request(now=now)
    suspend(license, now)

    with pytest.raises(LicenseNotUsable, match=REASON):
        requests.approve(
            request=asked,
            account=acme,
            choice=ApprovalChoice(key=license_factories.primary_key(license)),
            by=alice,
            now=now,
        )


def test_a_machine_that_enrolled_before_gets_no_document(
    license: License, alice: User, now: datetime
) -> None:
    token: EnrollmentToken = license_factories.enrollment_token(license, by=alice, now=now)
    installation = license_factories.installation()
    enrollment.activate(token=token, installation=installation, now=now)
    suspend(license, now)

    with pytest.raises(LicenseNotUsable, match=REASON):
        enrollment.activate(token=token, installation=installation, now=now)


def test_a_license_file_is_not_renewed(
    license: License, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    opened = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    requests.approve(request=opened, account=acme, choice=choice, by=alice, now=now)
    file = request_file_factories.read(
        request_file_factories.of_instance(Instance.objects.get(), "refresh")
    )
    suspend(license, now)

    with pytest.raises(LicenseNotUsable, match=REASON):
        offline.answer(file=file, by=alice, now=now)


def test_a_report_in_the_moment_of_the_suspension_is_kept(
    license: License, farm: Instance, now: datetime
) -> None:
    """The activation was read before: what is signed may be the last, and the report counts."""
    read_before = reporting_instances.activation_of(farm)
    suspend(license, now)

    answer = check_ins.record(activation=read_before, report=Report("20.0"), now=now)

    assert answer.document
