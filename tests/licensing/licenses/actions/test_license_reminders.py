"""Reminders of licenses that end: on the right days, once each, to who wants them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.licenses.actions import license_reminders
from licensing.licenses.models import License
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db


def mails() -> list[str]:
    found = OutboxMail.objects.filter(kind="licenses_end").order_by("pk")
    return list(found.values_list("to", flat=True))


def test_every_milestone_is_mailed_once(acme: BusinessAccount, now: datetime) -> None:
    now = now.replace(hour=12)  # an hour later it is the same day
    license_factories.subscription(acme, now=now, ends_on=(now + timedelta(days=70)).date())
    days_with_mail = []

    for day in range(105):
        before = len(mails())
        for hour in (0, 1):
            license_reminders.remind(now=now + timedelta(days=day, hours=hour))
        if len(mails()) > before:
            assert len(mails()) == before + 1
            days_with_mail.append(70 - day)

    assert days_with_mail == [60, 30, 14, 7, 1, 0, -15]


def test_what_was_slept_through_is_told_by_the_nearest_one(
    acme: BusinessAccount, now: datetime
) -> None:
    license_factories.subscription(acme, now=now, ends_on=(now + timedelta(days=5)).date())

    license_reminders.remind(now=now)
    license_reminders.remind(now=now)

    assert mails() == ["alice@acme.example"]


def test_a_renewed_license_is_reminded_anew(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.subscription(
        acme, now=now, ends_on=(now + timedelta(days=5)).date()
    )
    license_reminders.remind(now=now)

    License.objects.filter(pk=license.pk).update(ends_on=(now + timedelta(days=370)).date())
    license_reminders.remind(now=now + timedelta(days=310))

    assert len(mails()) == 2


def test_one_mail_names_all_licenses_of_the_account(acme: BusinessAccount, now: datetime) -> None:
    for number in range(12):
        license_factories.subscription(
            acme, now=now, name=f"Site {number}", ends_on=(now + timedelta(days=50)).date()
        )

    license_reminders.remind(now=now)

    mail = OutboxMail.objects.get(kind="licenses_end")
    assert "12 licenses of Acme Corp end" in mail.subject
    assert "Site 9" in mail.text
    assert "And 2 more." in mail.text


def test_only_administrators_who_want_them_get_reminders(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    second = factories.person("second@acme.example")
    factories.member(acme, second, Role.ADMINISTRATOR)
    members.choose_mails(membership=membership_of(alice, acme), wants_reminders=False)
    license_factories.subscription(acme, now=now, ends_on=(now + timedelta(days=5)).date())

    license_reminders.remind(now=now)

    assert mails() == ["second@acme.example"]


def test_nothing_is_said_about_what_does_not_end(acme: BusinessAccount, now: datetime) -> None:
    ends: dict[str, Any] = {"ends_on": (now + timedelta(days=5)).date()}
    license_factories.permanent(acme, insured_until=None, now=now)
    license_factories.subscription(None, now=now, **ends)
    license_factories.subscription(acme, now=now, suspended_at=now, **ends)

    assert license_reminders.remind(now=now) == 0


def test_trials_that_are_not_announced_keep_nobody_waiting(
    acme: BusinessAccount, globex: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(license_reminders, "_AT_ONCE", 1)
    ends: dict[str, Any] = {"ends_on": (now + timedelta(days=25)).date()}
    trial: dict[str, Any] = {"kind": "trial", "trial_of": license_factories.instance(acme, now=now)}
    license_factories.subscription(acme, now=now, **ends, **trial)
    license_factories.subscription(globex, now=now, **ends)

    assert license_reminders.remind(now=now) == 1

    assert mails() == ["charlie@globex.example"]


def test_accounts_are_taken_batch_by_batch_and_never_split(
    acme: BusinessAccount, globex: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(license_reminders, "_AT_ONCE", 1)
    ends: dict[str, Any] = {"ends_on": (now + timedelta(days=5)).date()}
    for account in (acme, globex, acme, globex, acme):
        license_factories.subscription(account, now=now, **ends)

    assert license_reminders.remind(now=now) == 2

    assert sorted(mails()) == ["alice@acme.example", "charlie@globex.example"]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_mail_once(acme: BusinessAccount, now: datetime) -> None:
    for number in range(5):
        license_factories.subscription(
            acme, now=now, name=f"Site {number}", ends_on=(now + timedelta(days=5)).date()
        )

    outcomes = run_concurrently(*(lambda: license_reminders.remind(now=now) for _ in range(4)))

    assert refusals(outcomes) == []
    assert sum(int(str(count)) for count in outcomes) == 1
    assert len(mails()) == 1


def test_many_accounts_cost_the_queries_of_one(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(license_reminders, "_MILESTONES", ((7, 7, 2),))
    ends: dict[str, Any] = {"ends_on": (now + timedelta(days=5)).date()}
    counts = []
    for companies in (1, 20):
        for number in range(companies):
            email = f"ann@company{companies}-{number}.example"
            other = factories.business_account(
                "Company", administrator=factories.person(email), now=now
            )
            license_factories.subscription(other, now=now, **ends)
        with CaptureQueriesContext(connection) as queries:
            assert license_reminders.remind(now=now) == companies
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8
