"""The sum of peaks under a key is right after whatever happens, in any order (SPEC 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached
from licensing.activation.actions import activations
from licensing.activation.errors import InstanceInOtherAccount, NotLicensed
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.errors import NoSeatsLeft
from licensing.licenses.models import Activation, Instance, Key, KeyUsage
from licensing.merging.actions import undoing
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories, merge_scenarios, seat_recount
from tests.licensing.reporting_instances import activation_of, farm_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
REFUSED = (InstanceInOtherAccount, LimitReached, NoSeatsLeft, NotLicensed)


@dataclass
class Story:
    """Three instances, three keys, and what chance makes of them."""

    account: BusinessAccount
    by: User
    keys: list[Key]
    farms: list[Instance]
    chance: Random
    now: datetime
    reported: set[int] = field(default_factory=set)

    @property
    def acts(self) -> list[Callable[[Instance], object]]:
        others = [self.activate, self.activate, self.replace, self.move, self.lose, self.end]
        return [*others, *[self.report] * 4]

    def activate(self, farm: Instance, replacing: Instance | None = None) -> None:
        current = Instance.objects.get(pk=farm.pk)
        begun = activations.begin(
            key=Key.objects.select_related("license").get(pk=self.chance.choice(self.keys).pk),
            instance=current,
            installation=license_factories.installation(instance_id=current.instance_id),
            channel=Activation.Channel.ONLINE,
            by=self.by,
            now=self.now,
            replacing=replacing,
        )
        Activation.objects.filter(pk=begun.pk).update(collected_at=self.now)

    def replace(self, farm: Instance) -> None:
        self.activate(farm, replacing=self.chance.choice(self.farms))

    def move(self, farm: Instance) -> None:
        key = self.chance.choice(self.keys)
        instances.move(instance=farm, key=key, by=self.by, now=self.now)

    def lose(self, farm: Instance) -> None:
        instances.declare_lost(instance=farm, by=self.by, now=self.now)

    def end(self, farm: Instance) -> None:
        instances.deactivate(instance=farm, by=self.by, now=self.now)

    def report(self, farm: Instance) -> None:
        activation = reporting.of_instance(farm)
        if activation is None:
            raise NotLicensed
        day = self.now.date() - timedelta(days=self.chance.randrange(3))
        said = Report("20.0", {day: self.chance.randrange(60)})
        check_ins.record(activation=activation, report=said, now=self.now)
        self.reported.add(farm.pk)


@pytest.mark.parametrize("seed", range(12))
def test_the_sum_is_right_after_every_act(
    seed: int, acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=50, now=now)
    cut = [license_factories.key(license, reserved=2, name=f"Key {n}", now=now) for n in (1, 2)]
    farms = [license_factories.instance(acme, now=now, name=f"Farm {n}") for n in range(3)]
    keys = [license_factories.primary_key(license), *cut]
    story = Story(acme, bob, keys, farms, Random(seed), now)

    for _ in range(40):
        act, farm = story.chance.choice(story.acts), story.chance.choice(story.farms)
        try:
            act(farm)
        except REFUSED:
            continue
        seat_recount.check_peaks()

    assert story.reported, "nothing was counted"


def test_a_merge_and_its_undoing_leave_the_sums(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    other = merge_scenarios.cloud(acme, bob, mia, now)
    running = reporting.of_instance(other.farm)
    assert running is not None
    check_ins.record(activation=running, report=Report("20.0", {now.date(): 7}), now=now)

    merge = merge_scenarios.proposed(other, acme, alice, now)
    merge_scenarios.agreed(merge, other.zoe, now)
    seat_recount.check_peaks()
    undoing.undo(merge=merge, by=alice, now=now + timedelta(days=1))

    seat_recount.check_peaks()
    assert KeyUsage.objects.get(key=other.cut).peak_users == 7


@pytest.mark.django_db(transaction=True)
def test_the_sum_is_right_when_all_report_and_go_at_once(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=500, now=now)
    farms = [farm_of(license, now=now, name=f"Farm {n}") for n in range(8)]
    said = [Report("20.0", {now.date(): 10 + n}) for n in range(8)]
    reports = [
        partial(check_ins.record, activation=activation_of(farm), report=report, now=now)
        for farm, report in zip(farms, said, strict=True)
    ]
    ends = [partial(instances.deactivate, instance=farm, by=bob, now=now) for farm in farms[:4]]

    outcomes = run_concurrently(*reports, *ends)

    assert all(isinstance(each, NotLicensed) for each in refusals(outcomes))
    seat_recount.check_peaks()
    assert KeyUsage.objects.get().peak_users == sum(range(14, 18))
