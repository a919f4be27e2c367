"""More users than seats: seven days, one mail, and then the documents are limited (SPEC 4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import activations
from licensing.fleet.actions import check_ins
from licensing.fleet.actions.check_ins import Report
from licensing.licenses.models import Activation, Instance, License
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.licensing.reporting_instances import (
    activated,
    activation_of,
    farm_of,
    is_limited,
    report,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=50, now=now)


@pytest.fixture
def farm(license: License, now: datetime) -> Instance:
    return farm_of(license, now=now)


def test_more_users_than_seats_start_seven_days_and_one_mail(farm: Instance, now: datetime) -> None:
    first = report(farm, {now: 51}, now=now)
    second = report(farm, {now + DAY: 60}, now=now + DAY)

    assert set(_clocks().values()) == {now}
    assert [notice.code for notice in first.notices + second.notices] == ["seats_exceeded"] * 2
    assert _mails() == ["alice@acme.example"]
    event = AuditEvent.objects.get(event="instance.overused")
    assert event.details == {"peak": 51, "seats": 50}


def test_exactly_as_many_users_as_seats_are_fine(farm: Instance, now: datetime) -> None:
    report(farm, {now: 50}, now=now)

    assert set(_clocks().values()) == {None}


def test_after_seven_days_the_document_is_limited(farm: Instance, now: datetime) -> None:
    report(farm, {now: 51}, now=now)
    at_seven = report(farm, {now + 7 * DAY: 51}, now=now + 7 * DAY)

    later = report(farm, {now + 8 * DAY: 51}, now=now + 8 * DAY)

    assert not is_limited(at_seven)
    assert is_limited(later)
    assert [notice.code for notice in later.notices] == ["limited"]
    assert len(_mails()) == 1


def test_under_the_seats_the_clock_stops_and_begins_anew(farm: Instance, now: datetime) -> None:
    report(farm, {now: 51}, now=now)
    cleared = report(farm, {now + 8 * DAY: 50}, now=now + 8 * DAY)

    over_again = report(farm, {now + 9 * DAY: 51}, now=now + 9 * DAY)

    assert not is_limited(cleared)
    assert cleared.notices == []
    assert not is_limited(over_again)
    assert len(_mails()) == 2


def test_more_seats_stop_the_clock(farm: Instance, license: License, now: datetime) -> None:
    report(farm, {now: 51}, now=now)
    License.objects.filter(pk=license.pk).update(seats=60)

    answer = report(farm, {now + 8 * DAY: 51}, now=now + 8 * DAY)

    assert answer.notices == []
    assert set(_clocks().values()) == {None}


def test_instances_that_share_a_key_are_counted_together(
    farm: Instance, license: License, now: datetime
) -> None:
    other = farm_of(license, now=now, name="Farm Two")

    alone = report(farm, {now: 30}, now=now)
    both = report(other, {now: 30}, now=now)
    first_again = report(farm, {now + DAY: 30}, now=now + DAY)

    assert alone.notices == []
    assert [notice.code for notice in both.notices + first_again.notices] == [
        "seats_exceeded",
        "seats_exceeded",
    ]
    assert len(_mails()) == 1
    assert set(_clocks().values()) == {now}


def test_one_instance_under_the_seats_again_frees_all_of_the_key(
    farm: Instance, license: License, now: datetime
) -> None:
    other = farm_of(license, now=now, name="Farm Two")
    report(farm, {now: 30}, now=now)
    report(other, {now: 30}, now=now)

    report(farm, {now + DAY: 10}, now=now + DAY)

    assert set(_clocks().values()) == {None}


def test_a_reserved_key_counts_its_own_seats(
    license: License, farm: Instance, now: datetime
) -> None:
    key = license_factories.key(license, reserved=10, name="Branch", now=now)
    assert license.account is not None
    branch = license_factories.instance(license.account, now=now, name="Branch")
    activated(branch, key, now=now)

    answer = report(branch, {now: 11}, now=now)
    beside = report(farm, {now: 40}, now=now)

    assert [notice.code for notice in answer.notices] == ["seats_exceeded"]
    assert beside.notices == []


def test_a_key_without_reservation_has_the_seats_that_the_others_leave(
    license: License, farm: Instance, now: datetime
) -> None:
    license_factories.key(license, reserved=10, name="Branch", now=now)

    fits = report(farm, {now: 40}, now=now)
    exceeds = report(farm, {now + DAY: 41}, now=now + DAY)

    assert (fits.notices, [each.code for each in exceeds.notices]) == ([], ["seats_exceeded"])


def test_the_clock_of_one_key_is_not_the_clock_of_another(
    license: License, farm: Instance, now: datetime
) -> None:
    key = license_factories.key(license, reserved=10, name="Branch", now=now)
    assert license.account is not None
    branch = license_factories.instance(license.account, now=now, name="Branch")
    activated(branch, key, now=now)

    report(branch, {now: 11}, now=now)
    after_branch = _clocks()
    report(farm, {now + DAY: 41}, now=now + DAY)
    after_both = _clocks()
    report(branch, {now + DAY: 10}, now=now + DAY)

    assert after_branch == {"Branch": now, "Farm One": None}
    assert after_both == {"Branch": now, "Farm One": now + DAY}
    assert _clocks() == {"Branch": None, "Farm One": now + DAY}


def test_a_later_report_of_the_same_day_stops_the_clock(farm: Instance, now: datetime) -> None:
    report(farm, {now: 51}, now=now)

    answer = report(farm, {now: 50}, now=now)

    farm.refresh_from_db()
    assert (farm.heartbeat.peak_users, _clocks(), answer.notices) == (50, {"Farm One": None}, [])


def test_an_instance_that_joins_shares_the_clock_as_it_runs(
    farm: Instance, license: License, now: datetime
) -> None:
    report(farm, {now: 51}, now=now)
    later = now + 3 * DAY
    other = farm_of(license, now=later, name="Farm Two")

    report(other, {later: 1}, now=later)

    assert set(_clocks().values()) == {now}
    assert len(_mails()) == 1


def test_an_instance_that_is_gone_counts_no_more(
    farm: Instance, license: License, now: datetime
) -> None:
    other = farm_of(license, now=now, name="Farm Two")
    report(other, {now: 40}, now=now)
    activations.end_live(other, Activation.Ending.PORTAL, now=now)

    answer = report(farm, {now: 40}, now=now)

    assert answer.notices == []


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_instances_that_exceed_their_seats_at_once_are_told_once(
    license: License, now: datetime
) -> None:
    farms = [farm_of(license, now=now, name=f"Farm {number}") for number in range(8)]

    outcomes = run_concurrently(
        *[
            partial(
                check_ins.record,
                activation=activation_of(each),
                report=Report("20.0", {now.date(): 60}),
                now=now,
            )
            for each in farms
        ]
    )

    assert refusals(outcomes) == []
    assert len(_mails()) == 1
    assert set(_clocks().values()) == {now}


def _clocks() -> dict[str, datetime | None]:
    """Since when each instance is over its seats."""
    live = Activation.objects.live()
    return dict(live.values_list("instance__name", "key__over_since"))


def _mails() -> list[str]:
    return list(OutboxMail.objects.values_list("to", flat=True))
