"""Everything that moves seats, at the same moment: they add up whatever comes first (SPEC 4.2)."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import DomainError
from licensing.activation.actions import collecting, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.actions import keys
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.protocol import tokens
from tests.licensing import license_factories, seat_recount
from tests.licensing.concurrency import Call, crowd, rounds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("crowd"),
    pytest.mark.embedded,
]
ROUNDS: Final = 25  # in full
AT_ONCE: Final = 16
A_MONTH: Final = timedelta(days=31)  # an instance is declared lost once every 30 days
SEED: Final = 20261124


@dataclass
class Company:
    """Acme with twelve seats, nine farms, and people and machines who use them all at once."""

    account: BusinessAccount
    by: User
    license: License
    token: EnrollmentToken
    farms: list[Instance]
    dice: random.Random
    now: datetime

    def acts(self) -> list[Call]:
        """What happens in one round."""
        kinds = [
            self.approve,
            self.approve,
            self.replace,
            self.approve_with_a_new_key,
            self.enroll,
            self.collect,
            self.check_in,
            self.deactivate,
            self.give_up,
            self.move,
            self.declare_lost,
            self.cut,
            self.revoke,
            self.lapse,
        ]
        return [self.dice.choice(kinds)() for _place in range(AT_ONCE)]

    def approve(self) -> Call:
        return self._approval(ApprovalChoice(key=self._key()))

    def replace(self) -> Call:
        return self._approval(ApprovalChoice(key=self._key(), replacing=self._farm()))

    def approve_with_a_new_key(self) -> Call:
        return self._approval(ApprovalChoice(cut_from=self.license, seats=self.dice.randint(1, 3)))

    def enroll(self) -> Call:
        farm = self._farm()
        return partial(
            enrollment.activate,
            token=self.token,
            installation=license_factories.installation(
                instance_id=farm.instance_id, name=farm.name
            ),
            now=self.now,
        )

    def collect(self) -> Call:
        code = f"rasd_{uuid.uuid4()}"
        approval = self._approval(ApprovalChoice(key=self._key()), code)

        def approve_and_poll() -> object:
            approval()
            return collecting.poll(device_code=code, now=self.now)

        return approve_and_poll

    def check_in(self) -> Call:
        digest = self._farm().token_digest or tokens.digest("none")

        def call() -> object:
            activation = reporting.of_token(digest)
            usage = {self.now.date(): self.dice.choice([1, 90])}
            return activation and check_ins.record(
                activation=activation, report=Report("20.0", usage), now=self.now
            )

        return call

    def deactivate(self) -> Call:
        return partial(instances.deactivate, instance=self._farm(), by=self.by, now=self.now)

    def give_up(self) -> Call:
        """The console deactivates itself."""
        live = Activation.objects.live().select_related("instance__account", "key")
        activation = self.dice.choice([*live, None])
        return partial(self._given_up, activation)

    def move(self) -> Call:
        return partial(
            instances.move, instance=self._farm(), key=self._key(), by=self.by, now=self.now
        )

    def declare_lost(self) -> Call:
        return partial(instances.declare_lost, instance=self._farm(), by=self.by, now=self.now)

    def cut(self) -> Call:
        return partial(
            keys.cut,
            license=self.license,
            reserved=self.dice.randint(1, 4),
            name="Cut",
            by=self.by,
            now=self.now,
        )

    def revoke(self) -> Call:
        return partial(keys.revoke, key=self._key(), by=self.by, now=self.now)

    def lapse(self) -> Call:
        return partial(collecting.lapse, now=self.now)

    def _approval(self, choice: ApprovalChoice, code: str = "") -> Call:
        farm = self._farm()
        request = license_factories.request(
            now=self.now,
            device_code=code,
            instance_id=farm.instance_id,
            instance_name=farm.name,
            claimed_by=self.by,
        )
        return partial(
            requests.approve,
            request=request,
            account=self.account,
            choice=choice,
            by=self.by,
            now=self.now,
        )

    def _given_up(self, activation: Activation | None) -> object:
        ending = Activation.Ending.CONSOLE
        return activation and instances.deactivate_from_console(
            activation=activation, ending=ending, now=self.now
        )

    def _farm(self) -> Instance:
        rows = Instance.objects.select_related("account").order_by("pk")
        return self.dice.choice(list(rows))

    def _key(self) -> Key:
        rows = Key.objects.live().select_related("license__account").order_by("pk")
        return self.dice.choice(list(rows))


@pytest.fixture
def company(acme: BusinessAccount, alice: User, now: datetime) -> Company:
    license = license_factories.subscription(acme, seats=12, now=now, ends_on=date(2099, 12, 31))
    token = enrollment.make(
        account=acme,
        key=license_factories.key(license, now=now, reserved=2, name="Machines"),
        name="Machines",
        uses=1000,
        expires_at=now + 1000 * A_MONTH,
        by=alice,
        now=now,
    ).token
    farms = [license_factories.instance(acme, now=now, name=f"Farm {n}") for n in range(9)]
    return Company(acme, alice, license, token, farms, random.Random(SEED), now)


def test_seats_add_up_after_any_mix_of_acts(company: Company) -> None:
    happened, often = 0, rounds(ROUNDS)
    with crowd(AT_ONCE) as at_once:
        for number in range(often):
            company.now += A_MONTH

            outcomes = at_once(company.acts())

            refused = [each for each in outcomes if isinstance(each, Exception)]
            strange = [each for each in refused if not isinstance(each, DomainError)]
            assert strange == [], (number, strange)
            happened += len(outcomes) - len(refused)
            seat_recount.check_license(company.license)
    seat_recount.check(company.account)
    assert happened > often * AT_ONCE / 4
