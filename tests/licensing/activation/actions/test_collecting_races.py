"""Approval and poll in every order that can be forced: nothing lost, nothing twice (SPEC 4.3).

A call is held between its read and its write, where another one then runs from begin to end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import pytest
from django.db import connection

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting, requests
from licensing.activation.actions.collecting import CollectedLicense
from licensing.activation.errors import (
    AuthorizationPending,
    InvalidGrant,
    PollRefused,
    RequestAnswered,
    SlowDown,
)
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.fleet.actions import instances
from licensing.licenses.models import Activation, Instance, Key, License
from tests.accounts.membership.actions.race import run_concurrently
from tests.licensing import license_factories
from tests.licensing.actions.paused_call import PausedCall, Place
from tests.licensing.concurrency import rounds

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS: Final = 250  # in full, of each of the four orders: a thousand in all


def before_its_first_write(number: int, sql: str) -> bool:
    """Of a poll: the one thing it reads has been read."""
    return number == 1


def before_the_status_moves(number: int, sql: str) -> bool:
    """Of an approval: everything is read and prepared."""
    return sql.startswith('UPDATE "licensing_activationrequest" SET "status"')


def before_the_collection_is_noted(number: int, sql: str) -> bool:
    """Of a poll that collects: the instance has its token and its document."""
    return sql.startswith('UPDATE "licensing_activation" SET "collected_at"')


@dataclass
class Scene:
    """Alice, who has opened Farm One's request; the farm runs under the same key every round."""

    threads: ThreadPoolExecutor
    alice: User
    acme: BusinessAccount
    key: Key
    now: datetime

    def begin(self) -> None:
        self.code = f"rasd_{self.now.timestamp()}"
        self.request = license_factories.request(
            now=self.now,
            device_code=self.code,
            claimed_by=self.alice,
            instance_id="7f1cf0de-66c5-4c0e-9f33-0d5a4d7a5f10",
        )

    def approve(self) -> Activation:
        return requests.approve(
            request=self.request,
            account=self.acme,
            choice=ApprovalChoice(key=self.key),
            by=self.alice,
            now=self.now,
        )

    def poll(self) -> CollectedLicense | PollRefused:
        try:
            return collecting.poll(device_code=self.code, now=self.now)
        except PollRefused as refused:
            return refused

    def held(self, call: Callable[[], object], at: Place) -> PausedCall:
        return PausedCall(self.threads, call, at)

    def polls_from_now_on(self) -> list[object]:
        """What the console gets from here on, polling politely."""
        found: list[object] = []
        for _poll in range(2):
            self.now += timedelta(seconds=30)
            found.append(self.poll())
        return found


@pytest.fixture
def scene(acme: BusinessAccount, alice: User, now: datetime) -> Iterator[Scene]:
    license = license_factories.subscription(acme, now=now)
    with ThreadPoolExecutor(2) as threads:
        yield Scene(threads, alice, acme, license_factories.primary_key(license), now)
        gate = threading.Barrier(2, timeout=60)  # one task for each thread
        for done in [threads.submit(_goodbye, gate) for _thread in range(2)]:
            done.result()


def _goodbye(gate: threading.Barrier) -> None:
    gate.wait()
    connection.close()


def approval_between_read_and_write_of_a_poll(scene: Scene) -> list[object]:
    poll = scene.held(scene.poll, before_its_first_write)
    scene.approve()
    return [poll.outcome(), *scene.polls_from_now_on()]


def poll_between_read_and_write_of_an_approval(scene: Scene) -> list[object]:
    approval = scene.held(scene.approve, before_the_status_moves)
    first = scene.poll()
    assert isinstance(approval.outcome(), Activation)
    return [first, *scene.polls_from_now_on()]


def two_polls_that_read_the_approval_together(scene: Scene) -> list[object]:
    scene.approve()
    polls = [scene.held(scene.poll, before_its_first_write) for _poll in range(2)]
    for poll in polls:
        poll.let_go()
    return [*(poll.outcome() for poll in polls), *scene.polls_from_now_on()]


def a_poll_that_read_the_approval_before_another_collects(scene: Scene) -> list[object]:
    scene.approve()
    late = scene.held(scene.poll, before_its_first_write)
    return [scene.poll(), late.outcome(), *scene.polls_from_now_on()]


# SQLite lets nobody write while an approval is under way: there this order can't come about.
ON_SERVERS: Final = poll_between_read_and_write_of_an_approval
ORDERS: Final = [
    approval_between_read_and_write_of_a_poll,
    two_polls_that_read_the_approval_together,
    a_poll_that_read_the_approval_before_another_collects,
]


@pytest.mark.parametrize(
    "order",
    [ON_SERVERS, *(pytest.param(order, marks=pytest.mark.embedded) for order in ORDERS)],
    ids=lambda order: order.__name__,
)
def test_no_approval_is_lost_and_none_collected_twice(
    order: Callable[[Scene], list[object]], scene: Scene
) -> None:
    for number in range(rounds(ROUNDS)):
        scene.begin()

        outcomes = order(scene)

        where = (number, outcomes)
        assert len([each for each in outcomes if isinstance(each, CollectedLicense)]) == 1, where
        assert all(isinstance(each, CollectedLicense | PollRefused) for each in outcomes), where
        assert isinstance(outcomes[-1], InvalidGrant), where
        scene.request.refresh_from_db()
        assert scene.request.status == Status.REDEEMED, where

    assert Activation.objects.live().count() == 1
    assert License.objects.get().seats_shared == 1


@pytest.mark.embedded
def test_of_two_polls_at_once_one_is_too_early(scene: Scene) -> None:
    for _round in range(20):
        scene.begin()
        polls = [scene.held(scene.poll, before_its_first_write) for _poll in range(2)]
        for poll in polls:
            poll.let_go()

        outcomes = [poll.outcome() for poll in polls]

        assert {type(each) for each in outcomes} == {AuthorizationPending, SlowDown}
        scene.request.refresh_from_db()
        assert scene.request.interval == 10
        scene.now += timedelta(seconds=1)


@pytest.mark.embedded
def test_an_approval_is_either_collected_or_its_seat_is_free(scene: Scene) -> None:
    """The last poll comes while the sweep takes the approval back."""
    for _round in range(20):
        scene.begin()
        scene.approve()
        late = scene.now + timedelta(minutes=31)

        poll = scene.held(scene.poll, before_its_first_write)
        lapsed = collecting.lapse(now=late)
        outcome = poll.outcome()

        assert lapsed == 1
        assert isinstance(outcome, InvalidGrant)
        assert License.objects.get().seats_shared == 0
        scene.now += timedelta(seconds=1)


@pytest.mark.embedded
def test_collecting_and_declaring_lost_at_once_end_without_a_deadlock(scene: Scene) -> None:
    """They write the rows of instance and activation in opposite order."""
    scene.begin()
    instance = scene.approve().instance

    poll = scene.held(scene.poll, before_the_collection_is_noted)
    lost = scene.threads.submit(
        instances.declare_lost, instance=instance, by=scene.alice, now=scene.now
    )
    time.sleep(0.3)  # by then it waits
    collected = poll.outcome()

    assert isinstance(collected, CollectedLicense), collected
    assert lost.exception(timeout=60) is None
    assert License.objects.get().seats_shared == 0
    assert Instance.objects.get().token_digest is None


@pytest.mark.embedded
def test_of_approval_and_denial_at_once_one_counts(scene: Scene) -> None:
    for _round in range(20):
        scene.begin()

        outcomes = run_concurrently(
            scene.approve,
            partial(requests.deny, request=scene.request, by=scene.alice, now=scene.now),
        )

        refused = [each for each in outcomes if isinstance(each, Exception)]
        assert [type(each) for each in refused] == [RequestAnswered]
        scene.request.refresh_from_db()
        assert (scene.request.status == Status.APPROVED) == isinstance(outcomes[0], Activation)
        scene.now += timedelta(seconds=1)
