"""Trials: one for each instance, and a bounded number of them, whatever ids are made up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.event_sentences import sentences
from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached, NotAllowed
from accounts.permissions import Role
from licensing.activation.actions import requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.events import Event
from licensing.fleet.actions import instances
from licensing.licenses.actions import trials
from licensing.licenses.errors import TrialUsed
from licensing.licenses.models import License
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
A_MONTH = timedelta(days=31)


def test_a_trial_is_for_one_instance_once(acme: BusinessAccount, bob: User, now: datetime) -> None:
    farm = license_factories.instance(acme, now=now)

    key = trials.start(instance=farm, by=bob, now=now)

    trial = key.license
    assert (trial.seats, trial.kind, trial.trial_of) == (50, "trial", farm)
    assert trial.ends_on == now.date() + timedelta(days=30)
    assert acme.events.get().event == Event.LICENSE_TRIAL_STARTED
    with pytest.raises(TrialUsed):
        trials.start(instance=farm, by=bob, now=now + timedelta(days=400))


def test_the_database_refuses_a_second_trial(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    trial = trials.start(
        instance=license_factories.instance(acme, now=now), by=bob, now=now
    ).license
    trial.pk, trial.public_id = None, uuid.uuid4()

    # SQLite names the columns of a broken unique index instead of the index.
    named = r"one_trial_per_instance|licensing_license.trial_of_id"
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        License.objects.bulk_create([trial])


def approve_trial(account: BusinessAccount, by: User, now: datetime, **facts: Any) -> None:
    requests.approve(
        request=license_factories.request(now=now, **facts),
        account=account,
        choice=ApprovalChoice(),
        by=by,
        now=now,
        split_confirmed=True,
    )


def test_invented_instances_give_an_account_three_trials_at_a_time(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    for by in (alice, bob, alice):
        approve_trial(acme, by, now)

    with pytest.raises(LimitReached) as refused:
        approve_trial(acme, bob, now)

    assert "Acme Corp can't start another trial now: 3 trials are running" in str(refused.value)
    assert "The next ends on" in str(refused.value)
    assert "ask support for more trials" in str(refused.value)
    assert License.objects.trials().count() == 3


def test_ended_instances_make_no_room(acme: BusinessAccount, alice: User, now: datetime) -> None:
    for _trial in range(3):
        approve_trial(acme, alice, now)
    for farm in acme.instances.all():
        instances.deactivate(instance=farm, by=alice, now=now)
        instances.declare_lost(instance=farm, by=alice, now=now)

    with pytest.raises(LimitReached):
        approve_trial(acme, alice, now)


def test_ended_trials_make_room_ten_times_a_year(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for month in range(10):
        approve_trial(acme, alice, now + month * A_MONTH)

    with pytest.raises(LimitReached, match="10 trials began in the last year"):
        approve_trial(acme, alice, now + 10 * A_MONTH)

    approve_trial(acme, alice, now + timedelta(days=366))


def test_a_person_has_no_more_in_several_accounts(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    factories.member(globex, alice, Role.LICENSE_MANAGER)
    others = [
        factories.business_account(f"Account {n}", administrator=alice, now=now) for n in (1, 2)
    ]
    for account in (acme, *others):
        approve_trial(account, alice, now)

    with pytest.raises(LimitReached, match="You can't start another trial now, in any"):
        approve_trial(globex, alice, now)

    approve_trial(globex, charlie, now)


def test_an_installation_has_no_more_in_several_accounts(now: datetime) -> None:
    installation = uuid.uuid4()
    for number in range(4):
        person = factories.person(f"owner{number}@acme.example")
        account = factories.business_account(f"Account {number}", administrator=person, now=now)
        if number == 3:
            with pytest.raises(LimitReached, match="This instance can't start another trial"):
                approve_trial(account, person, now, instance_id=installation)
            return
        approve_trial(account, person, now, instance_id=installation)
        instances.deactivate(instance=account.instances.get(), by=person, now=now)


def test_staff_can_allow_more(acme: BusinessAccount, alice: User, sam: User, now: datetime) -> None:
    for _trial in range(3):
        approve_trial(acme, alice, now)

    trials.allow(account=acme, at_once=5, a_year=20, reason="A school.", by=sam, now=now)

    for _trial in range(2):
        approve_trial(acme, alice, now)
    with pytest.raises(LimitReached, match="5 trials are running"):
        approve_trial(acme, alice, now)
    has = trials.allowance(acme, now=now)
    assert (has.at_once, has.a_year, has.running, has.this_year) == (5, 20, 5, 5)
    event = acme.events.get(event=Event.TRIALS_ALLOWED)
    said = "Sam Staff allowed 5 trials at a time and 20 a year. Reason: A school."
    assert sentences(event) == [said]


def test_nobody_else_can_allow_more(acme: BusinessAccount, alice: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        trials.allow(account=acme, at_once=5, a_year=20, reason="Me.", by=alice, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("spread", [False, True])
def test_of_many_at_once_three_are_started(
    acme: BusinessAccount, alice: User, now: datetime, spread: bool
) -> None:
    """In one account, and by one person in as many accounts."""
    accounts = [acme] * 6
    if spread:
        accounts = [
            factories.business_account(f"Account {n}", administrator=alice, now=now)
            for n in range(6)
        ]
    tries: list[Callable[[], None]] = [
        lambda account=account: approve_trial(account, alice, now)  # type: ignore[misc]
        for account in accounts
    ]

    outcomes = run_concurrently(*tries)

    assert [type(each) for each in refusals(outcomes)] == [LimitReached] * 3
    assert License.objects.trials().count() == 3
