"""Never one seat too many, whoever comes at once (SPEC 4.2).

Real transactions in fifty threads. Every way in ends in `activations.begin`, which runs a hundred
rounds in full, and usually a fifth (`rounds`); the ways in themselves, with people who give seats
back meanwhile, a few.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import pytest
from django.db import transaction

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions.authority import lock
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import activations, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.activation.rules.installation import Installation
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.events import Event
from licensing.fleet.actions import instances
from licensing.licenses.errors import NoSeatsLeft
from licensing.licenses.models import Activation, Instance, Key, License
from tests.licensing import license_factories, seat_recount
from tests.licensing.concurrency import crowd, rounds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowd"),
]
PEOPLE: Final = 50
SEATS: Final = 5


def shared_key(license: License, now: datetime) -> list[Key]:
    return [license_factories.primary_key(license)]


def one_instance_keys(license: License, now: datetime, count: int = SEATS) -> list[Key]:
    made = [
        license_factories.key(license, now=now, reserved=1, name=f"Key {n}").pk
        for n in range(count)
    ]
    return list(Key.objects.select_related("license__account").filter(pk__in=made))


def both(license: License, now: datetime) -> list[Key]:
    """Three seats for whoever comes, and two that are kept for one instance each."""
    return [*shared_key(license, now), *one_instance_keys(license, now, count=2)]


@pytest.mark.parametrize(
    ("keys_of", "locked", "often"),
    [
        pytest.param(both, True, 100, marks=pytest.mark.embedded),
        (shared_key, True, 5),
        (one_instance_keys, True, 5),
        # The account's lock is what others rely on; seats are safe without it.
        (both, False, 5),
    ],
)
def test_fifty_who_activate_at_once_get_five_seats(
    keys_of: Callable[[License, datetime], list[Key]],
    locked: bool,
    often: int,
    acme: BusinessAccount,
    now: datetime,
) -> None:
    license = license_factories.subscription(acme, seats=SEATS, now=now)
    keys = keys_of(license, now)
    farms = [license_factories.instance(acme, now=now, name=f"Farm {n}") for n in range(PEOPLE)]

    def activate(farm: Instance, key: Key) -> int:
        """How many run then: counted inside, so that every point of the history is seen."""
        with transaction.atomic():
            if locked:
                lock(acme)
            activations.begin(
                key=key,
                instance=farm,
                installation=installation_of(farm),
                channel=Activation.Channel.ONLINE,
                by=None,
                now=now,
            )
            return Activation.objects.live().count()

    calls = [partial(activate, farm, keys[n % len(keys)]) for n, farm in enumerate(farms)]
    with crowd(PEOPLE) as at_once:
        for number in range(rounds(often)):
            outcomes = at_once(calls)

            running = [each for each in outcomes if isinstance(each, int)]
            refused = [each for each in outcomes if isinstance(each, NoSeatsLeft)]
            assert len(running) == SEATS, (number, outcomes)
            assert len(refused) == PEOPLE - SEATS, (number, outcomes)
            assert max(running) <= SEATS
            assert not locked or sorted(running) == [1, 2, 3, 4, 5]
            seat_recount.check_license(license)
            for live in Activation.objects.live().select_related("key"):
                activations.end(live, Activation.Ending.PORTAL, now=now)


def installation_of(farm: Instance) -> Installation:
    return Installation(farm.instance_id, farm.name, farm.host, farm.version)


@dataclass
class Farms:
    """Fifty farms of Acme, five seats, and people who come and go."""

    account: BusinessAccount
    by: User
    keys: list[Key]
    tokens: list[EnrollmentToken]
    farms: list[Instance]
    now: datetime

    def approved(self, place: int) -> Activation:
        farm = self.farms[place]
        request = license_factories.request(
            now=self.now,
            instance_id=farm.instance_id,
            instance_name=farm.name,
            claimed_by=self.by,
        )
        return requests.approve(
            request=request,
            account=self.account,
            choice=ApprovalChoice(key=self.keys[place % len(self.keys)]),
            by=self.by,
            now=self.now,
        )

    def enrolled(self, place: int) -> Activation:
        token = self.tokens[place % len(self.keys)]
        installation = installation_of(self.farms[place])
        return enrollment.activate(token=token, installation=installation, now=self.now).activation

    def leave(self, farm: Instance) -> None:
        instances.deactivate(instance=farm, by=self.by, now=self.now)


@pytest.fixture
def farms(acme: BusinessAccount, alice: User, now: datetime) -> Farms:
    keys = both(license_factories.subscription(acme, seats=SEATS, now=now), now)
    tokens = [
        enrollment.make(
            account=acme,
            key=key,
            name=key.name,
            uses=1000,
            expires_at=now + timedelta(days=1),
            by=alice,
            now=now,
        ).token
        for key in keys
    ]
    rows = [license_factories.instance(acme, now=now, name=f"Farm {n}") for n in range(PEOPLE)]
    return Farms(acme, alice, keys, tokens, rows, now)


@pytest.mark.embedded
@pytest.mark.parametrize("way_in", [Farms.approved, Farms.enrolled])
def test_seats_given_back_meanwhile_go_to_the_next(
    way_in: Callable[[Farms, int], Activation], farms: Farms
) -> None:
    with crowd(PEOPLE) as at_once:
        for number in range(3):
            running = list(Instance.objects.licensed())
            waiting = [n for n, farm in enumerate(farms.farms) if farm not in running]

            outcomes = at_once(
                [
                    *(partial(farms.leave, farm) for farm in running),
                    *(partial(way_in, farms, place) for place in waiting),
                ]
            )

            refused = [each for each in outcomes if isinstance(each, Exception)]
            assert {type(each) for each in refused} == {NoSeatsLeft}, (number, outcomes)
    seat_recount.check(farms.account)
    begun = farms.account.events.filter(event=Event.INSTANCE_ACTIVATED).count()
    assert begun == Activation.objects.count() >= SEATS
    assert OutboxMail.objects.filter(kind="instance_activated").count() == begun
