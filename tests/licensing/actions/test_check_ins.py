"""The daily report: kept once a day, answered with a document, and the clock of seven days."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, BusinessAccount, OutboxMail
from licensing import tokens
from licensing.actions import activations, check_ins
from licensing.actions.check_ins import Answer, Report
from licensing.errors import NotLicensed
from licensing.models import Activation, Instance, Key, License, UsageDay
from tests.accounts.actions.race import refusals, together
from tests.licensing import stock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return stock.subscription(acme, seats=50, now=now)


@pytest.fixture
def farm(license: License, now: datetime) -> Instance:
    return _farm(license, now=now)


def test_a_report_is_kept_and_answered_with_a_fresh_document(farm: Instance, now: datetime) -> None:
    answer = _report(farm, {now: 41, now - DAY: 38}, now=now, version="21.0")

    farm.refresh_from_db()
    assert dict(farm.usage.values_list("date", "peak_users")) == {
        now.date() - DAY: 38,
        now.date(): 41,
    }
    assert (farm.peak_users, farm.version, farm.last_check_in_at) == (41, "21.0", now)
    assert answer.acknowledged_through == now.date()
    assert _claims(answer)["seq"] == 1
    assert answer.notices == []


def test_the_same_report_again_changes_no_day(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 41}, now=now)

    again = _report(farm, {now: 41}, now=now)

    assert list(farm.usage.values_list("peak_users", flat=True)) == [41]
    assert again.acknowledged_through == now.date()


def test_a_day_is_corrected_by_a_later_report(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 41}, now=now)

    _report(farm, {now: 44}, now=now)

    assert list(farm.usage.values_list("peak_users", flat=True)) == [44]


def test_a_late_report_of_an_old_day_is_not_the_latest_peak(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 12}, now=now)

    answer = _report(farm, {now - 30 * DAY: 49}, now=now)

    farm.refresh_from_db()
    assert farm.peak_users == 12
    assert answer.acknowledged_through == now.date()


def test_a_report_without_days_is_heard_too(farm: Instance, now: datetime) -> None:
    answer = _report(farm, {}, now=now)

    farm.refresh_from_db()
    assert farm.last_check_in_at == now
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

    answer = _report(farm, {now: 1}, now=now)

    assert [notice.code for notice in answer.notices] == codes
    assert _claims(answer)["seq"] == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"ends_on": -31}, "license_expired"), ({"suspended_at": 0}, "license_suspended")],
)
def test_after_the_end_the_last_document_comes_with_the_reason(
    farm: Instance, license: License, now: datetime, facts: dict[str, int], code: str
) -> None:
    last = _report(farm, {now: 1}, now=now).document
    ended = {
        name: (now + days * DAY) if name.endswith("_at") else now.date() + days * DAY
        for name, days in facts.items()
    }
    License.objects.filter(pk=license.pk).update(**ended)

    answer = _report(farm, {now: 1}, now=now + DAY)

    assert answer.document == last
    assert [notice.code for notice in answer.notices] == [code]


def test_a_version_that_is_not_covered_is_noticed(acme: BusinessAccount, now: datetime) -> None:
    license = stock.permanent(acme, insured_until=None, now=now, version="19")
    farm = _farm(license, now=now, version="19.0")

    answer = _report(farm, {now: 1}, now=now, version="20.0")

    assert [notice.code for notice in answer.notices] == ["version_not_covered"]
    assert _claims(answer)["license"]["max_version"] == 19


def test_more_users_than_seats_start_seven_days_and_one_mail(farm: Instance, now: datetime) -> None:
    first = _report(farm, {now: 51}, now=now)
    second = _report(farm, {now + DAY: 60}, now=now + DAY)

    farm.refresh_from_db()
    assert farm.over_since == now
    assert [notice.code for notice in first.notices + second.notices] == ["seats_exceeded"] * 2
    assert _mails() == ["alice@acme.example"]
    event = AuditEvent.objects.get(event="instance.overused")
    assert event.details == {"peak": 51, "seats": 50}


def test_exactly_as_many_users_as_seats_are_fine(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 50}, now=now)

    farm.refresh_from_db()
    assert farm.over_since is None


def test_after_seven_days_the_document_is_limited(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 51}, now=now)
    at_seven = _report(farm, {now + 7 * DAY: 51}, now=now + 7 * DAY)

    later = _report(farm, {now + 8 * DAY: 51}, now=now + 8 * DAY)

    assert not _limited(at_seven)
    assert _limited(later)
    assert [notice.code for notice in later.notices] == ["limited"]
    assert len(_mails()) == 1


def test_under_the_seats_the_clock_stops_and_begins_anew(farm: Instance, now: datetime) -> None:
    _report(farm, {now: 51}, now=now)
    cleared = _report(farm, {now + 8 * DAY: 50}, now=now + 8 * DAY)

    over_again = _report(farm, {now + 9 * DAY: 51}, now=now + 9 * DAY)

    assert not _limited(cleared)
    assert cleared.notices == []
    assert not _limited(over_again)
    assert len(_mails()) == 2


def test_more_seats_stop_the_clock(farm: Instance, license: License, now: datetime) -> None:
    _report(farm, {now: 51}, now=now)
    License.objects.filter(pk=license.pk).update(seats=60)

    answer = _report(farm, {now + 8 * DAY: 51}, now=now + 8 * DAY)

    assert answer.notices == []
    farm.refresh_from_db()
    assert farm.over_since is None


def test_instances_that_share_a_key_are_counted_together(
    farm: Instance, license: License, now: datetime
) -> None:
    other = _farm(license, now=now, name="Farm Two")

    alone = _report(farm, {now: 30}, now=now)
    both = _report(other, {now: 30}, now=now)
    first_again = _report(farm, {now + DAY: 30}, now=now + DAY)

    assert alone.notices == []
    assert [notice.code for notice in both.notices + first_again.notices] == [
        "seats_exceeded",
        "seats_exceeded",
    ]
    assert len(_mails()) == 1
    assert set(Instance.objects.values_list("over_since", flat=True)) == {now}


def test_one_instance_under_the_seats_again_frees_all_of_the_key(
    farm: Instance, license: License, now: datetime
) -> None:
    other = _farm(license, now=now, name="Farm Two")
    _report(farm, {now: 30}, now=now)
    _report(other, {now: 30}, now=now)

    _report(farm, {now + DAY: 10}, now=now + DAY)

    assert set(Instance.objects.values_list("over_since", flat=True)) == {None}


def test_a_reserved_key_counts_its_own_seats(
    license: License, farm: Instance, now: datetime
) -> None:
    key = stock.key(license, reserved=10, name="Branch", now=now)
    assert license.account is not None
    branch = stock.instance(license.account, now=now, name="Branch")
    _activated(branch, key, now=now)

    answer = _report(branch, {now: 11}, now=now)
    beside = _report(farm, {now: 40}, now=now)

    assert [notice.code for notice in answer.notices] == ["seats_exceeded"]
    assert beside.notices == []


def test_an_instance_that_is_gone_counts_no_more(
    farm: Instance, license: License, now: datetime
) -> None:
    other = _farm(license, now=now, name="Farm Two")
    _report(other, {now: 40}, now=now)
    activations.end_live(other, Activation.Ending.PORTAL, now=now)

    answer = _report(farm, {now: 40}, now=now)

    assert answer.notices == []


def test_an_activation_that_ends_meanwhile_gets_no_document(farm: Instance, now: datetime) -> None:
    activation = _activation(farm)
    activations.end_live(farm, Activation.Ending.PORTAL, now=now)

    with pytest.raises(NotLicensed):
        check_ins.record(activation=activation, report=Report("20.0", {now.date(): 3}), now=now)

    assert not UsageDay.objects.exists()


def test_an_instance_that_was_moved_meanwhile_gets_the_new_license(
    farm: Instance, license: License, now: datetime
) -> None:
    activation = _activation(farm)
    key = stock.key(license, reserved=10, name="Branch", now=now)
    activations.end_live(farm, Activation.Ending.MOVED, now=now)
    stock.activation(farm, key, now=now)

    answer = check_ins.record(activation=activation, report=Report("20.0"), now=now)

    claims = _claims(answer)
    assert claims["license"]["seats"] == 10


@pytest.mark.django_db(transaction=True)  # a savepoint around it would count
def test_a_check_in_reads_once_and_writes_twice(farm: Instance, now: datetime) -> None:
    report = Report("20.0", {now.date() - n * DAY: n for n in range(30)})

    with CaptureQueriesContext(connection) as queries:
        check_ins.record(activation=_activation(farm), report=report, now=now)

    verbs = [query["sql"].split()[0] for query in queries]
    assert verbs == ["SELECT", "BEGIN", "UPDATE", "INSERT", "COMMIT"]


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_check_ins_at_once_get_a_document_each(farm: Instance, now: datetime) -> None:
    activation = _activation(farm)

    outcomes = together(
        *[
            partial(
                check_ins.record,
                activation=_activation(farm),
                report=Report("20.0", {now.date() - day * DAY: 60}),
                now=now,
            )
            for day in range(12)
        ]
    )

    assert refusals(outcomes) == []
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    sequences = {_claims(answer)["seq"] for answer in answers}
    assert sequences == set(range(1, 13))
    assert UsageDay.objects.filter(instance=activation.instance).count() == 12
    assert len(_mails()) == 1


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_instances_that_exceed_their_seats_at_once_are_told_once(
    license: License, now: datetime
) -> None:
    farms = [_farm(license, now=now, name=f"Farm {number}") for number in range(8)]

    outcomes = together(
        *[
            partial(
                check_ins.record,
                activation=_activation(each),
                report=Report("20.0", {now.date(): 60}),
                now=now,
            )
            for each in farms
        ]
    )

    assert refusals(outcomes) == []
    assert len(_mails()) == 1
    assert set(Instance.objects.values_list("over_since", flat=True)) == {now}


def _farm(
    license: License, *, now: datetime, name: str = "Farm One", version: str = "20.0"
) -> Instance:
    assert license.account is not None
    instance = stock.instance(license.account, now=now, name=name, version=version)
    return _activated(instance, stock.primary_key(license), now=now)


def _activated(instance: Instance, key: Key, *, now: datetime) -> Instance:
    stock.activation(instance, key, now=now)
    instance.token_digest = tokens.digest(tokens.new_secret("rasi"))
    instance.save(update_fields=["token_digest"])
    return instance


def _activation(farm: Instance) -> Activation:
    activation = check_ins.of_token(farm.token_digest or "")
    assert activation is not None
    return activation


def _report(
    farm: Instance, usage: dict[datetime, int], *, now: datetime, version: str = "20.0"
) -> Answer:
    report = Report(version, {day.date(): peak for day, peak in usage.items()})
    return check_ins.record(activation=_activation(farm), report=report, now=now)


def _claims(answer: Answer) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(answer.document, options={"verify_signature": False})
    return claims


def _limited(answer: Answer) -> bool:
    return bool(_claims(answer)["license"]["limited"])


def _mails() -> list[str]:
    return list(OutboxMail.objects.values_list("to", flat=True))
