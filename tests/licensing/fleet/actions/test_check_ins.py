"""The daily report: kept once a day, answered with a fresh document and what there is to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import activations
from licensing.activation.errors import NotLicensed
from licensing.fleet.actions import check_ins
from licensing.fleet.actions.check_ins import CheckInResult, Report
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance, License
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.licensing.reporting_instances import activation_of, claims, farm_of, report

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=50, now=now)


@pytest.fixture
def farm(license: License, now: datetime) -> Instance:
    return farm_of(license, now=now)


def test_a_report_is_kept_and_answered_with_a_fresh_document(farm: Instance, now: datetime) -> None:
    answer = report(farm, {now: 41, now - DAY: 38}, now=now, version="21.0")

    farm.refresh_from_db()
    assert dict(farm.usage.values_list("date", "peak_users")) == {
        now.date() - DAY: 38,
        now.date(): 41,
    }
    beat = farm.heartbeat
    assert (beat.peak_users, farm.version, beat.last_check_in_at) == (41, "21.0", now)
    assert answer.acknowledged_through == now.date()
    assert claims(answer)["seq"] == 1
    assert answer.notices == []


def test_the_same_report_again_changes_no_day(farm: Instance, now: datetime) -> None:
    report(farm, {now: 41}, now=now)

    again = report(farm, {now: 41}, now=now)

    assert list(farm.usage.values_list("peak_users", flat=True)) == [41]
    assert again.acknowledged_through == now.date()


def test_a_day_is_corrected_by_a_later_report(farm: Instance, now: datetime) -> None:
    report(farm, {now: 41}, now=now)

    report(farm, {now: 44}, now=now)

    assert list(farm.usage.values_list("peak_users", flat=True)) == [44]


def test_a_late_report_of_an_old_day_is_not_the_latest_peak(farm: Instance, now: datetime) -> None:
    report(farm, {now: 12}, now=now)

    answer = report(farm, {now - 30 * DAY: 49}, now=now)

    farm.refresh_from_db()
    assert farm.heartbeat.peak_users == 12
    assert answer.acknowledged_through == now.date()


def test_a_report_without_days_is_heard_too(farm: Instance, now: datetime) -> None:
    answer = report(farm, {}, now=now)

    farm.refresh_from_db()
    assert farm.heartbeat.last_check_in_at == now
    assert answer.acknowledged_through is None


@pytest.mark.parametrize(
    ("ends_in", "codes"),
    [
        (90, []),
        (30, ["license_expires_soon"]),
        (-5, ["license_in_grace"]),
    ],
)
def test_what_the_term_has_to_say_comes_with_a_fresh_document(
    farm: Instance, license: License, now: datetime, ends_in: int, codes: list[str]
) -> None:
    License.objects.filter(pk=license.pk).update(ends_on=now.date() + ends_in * DAY)

    answer = report(farm, {now: 1}, now=now)

    assert [notice.code for notice in answer.notices] == codes
    assert claims(answer)["seq"] == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"ends_on": -31}, "license_expired"), ({"suspended_at": 0}, "license_suspended")],
)
def test_after_the_end_the_last_document_comes_with_the_reason(
    farm: Instance, license: License, now: datetime, facts: dict[str, int], code: str
) -> None:
    last = report(farm, {now: 1}, now=now).document
    ended: dict[str, object] = {
        name: (now + days * DAY) if name.endswith("_at") else now.date() + days * DAY
        for name, days in facts.items()
    }
    reason = {"suspension_reason": "Unpaid"} if code == "license_suspended" else {}
    License.objects.filter(pk=license.pk).update(**ended, **reason)

    answer = report(farm, {now: 1}, now=now + DAY)

    assert answer.document == last
    assert [notice.code for notice in answer.notices] == [code]


def test_a_version_that_is_not_covered_is_noticed(acme: BusinessAccount, now: datetime) -> None:
    license = license_factories.permanent(acme, insured_until=None, now=now, version="19")
    farm = farm_of(license, now=now, version="19.0")

    answer = report(farm, {now: 1}, now=now, version="20.0")

    assert [notice.code for notice in answer.notices] == ["version_not_covered"]
    assert claims(answer)["license"]["max_version"] == 19


def test_an_activation_that_ends_meanwhile_gets_no_document(farm: Instance, now: datetime) -> None:
    activation = activation_of(farm)
    activations.end_live(farm, Activation.Ending.PORTAL, now=now)

    with pytest.raises(NotLicensed):
        check_ins.record(activation=activation, report=Report("20.0", {now.date(): 3}), now=now)

    assert not UsageDay.objects.exists()


def test_an_instance_that_was_moved_meanwhile_gets_the_new_license(
    farm: Instance, license: License, now: datetime
) -> None:
    activation = activation_of(farm)
    key = license_factories.key(license, reserved=10, name="Branch", now=now)
    activations.end_live(farm, Activation.Ending.MOVED, now=now)
    license_factories.activation(farm, key, now=now)

    answer = check_ins.record(activation=activation, report=Report("20.0"), now=now)

    assert claims(answer)["license"]["seats"] == 10


@pytest.mark.django_db(transaction=True)  # a savepoint around it would count
def test_a_check_in_reads_once_and_writes_once(farm: Instance, now: datetime) -> None:
    report(farm, {}, now=now - DAY)
    month = Report("20.0", {now.date() - n * DAY: 30 - n for n in range(30)})

    with CaptureQueriesContext(connection) as queries:
        check_ins.record(activation=activation_of(farm), report=month, now=now)

    verbs = [query["sql"].split()[0] for query in queries]
    assert verbs == ["SELECT", "WITH"]


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_check_ins_at_once_get_a_document_each(farm: Instance, now: datetime) -> None:
    activation = activation_of(farm)

    outcomes = run_concurrently(
        *[
            partial(
                check_ins.record,
                activation=activation_of(farm),
                report=Report("20.0", {now.date() - day * DAY: 60}),
                now=now,
            )
            for day in range(12)
        ]
    )

    assert refusals(outcomes) == []
    answers = [outcome for outcome in outcomes if isinstance(outcome, CheckInResult)]
    sequences = {claims(answer)["seq"] for answer in answers}
    assert sequences == set(range(1, 13))
    assert UsageDay.objects.filter(instance=activation.instance).count() == 12
    assert OutboxMail.objects.count() == 1
