"""Whatever is done to something of Acme's, its like beside it stays as it was: Acme's own and
Globex's. A query that lost its condition shows here, where one row alone hides it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting, requests
from licensing.activation.errors import PollRefused
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.fleet.actions import instances
from licensing.licenses.actions import keys, licenses, seats, suspension, trials
from licensing.licenses.models import Activation, Instance, Key, License
from tests.licensing import license_factories, reporting_instances
from tests.stored_rows import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
MODELS: Final = (License, Key, Instance, Activation, ActivationRequest)
DAY: Final = timedelta(days=1)


@dataclass
class Belongings:
    """One of each thing that an account may have."""

    account: BusinessAccount
    by: User
    now: datetime

    def __post_init__(self) -> None:
        account, now = self.account, self.now
        self.license = license_factories.subscription(account, now=now)
        self.suspended = license_factories.subscription(account, now=now, suspended_at=now)
        self.unclaimed = license_factories.subscription(None, now=now)
        self.primary = license_factories.primary_key(self.license)
        self.branch = license_factories.key(self.license, now=now, reserved=10, name="Branch")
        self.farm = reporting_instances.farm_of(self.license, now=now)
        self.pending_code, self.approved_code = (
            f"rasd_{word}-{self.license.public_id}" for word in ("pending", "approved")
        )
        self.pending = license_factories.request(now=now, device_code=self.pending_code)
        uncollected = license_factories.activation(
            license_factories.instance(account, now=now), self.primary, now=now, collected_at=None
        )
        self.approved = license_factories.request(
            now=now,
            device_code=self.approved_code,
            status="approved",
            account=account,
            activation=uncollected,
            answered_at=now,
            answered_by=self.by,
        )

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "now": self.now}

    def report(self, peak: int, at: datetime) -> None:
        reporting_instances.report(self.farm, {at: peak}, now=at)

    def poll(self, code: str, at: datetime) -> None:
        with contextlib.suppress(PollRefused):
            collecting.poll(device_code=code, now=at)


Act = Callable[[Belongings], object]


def over_the_seats_and_back(own: Belongings) -> None:
    own.report(999, own.now)
    own.report(1, own.now + DAY)


def poll_too_fast(own: Belongings) -> None:
    own.poll(own.pending_code, own.now)
    own.poll(own.pending_code, own.now)


def collect_without_the_right(own: Belongings) -> None:
    ActivationRequest.objects.filter(pk=own.approved.pk).update(answered_by=None)
    own.poll(own.approved_code, own.now)


def let_the_approval_lapse(own: Belongings) -> None:
    ActivationRequest.objects.filter(pk=own.approved.pk).update(expires_at=own.now)
    assert collecting.lapse(now=own.now) == 1


def forget_an_old_request(own: Belongings) -> None:
    ActivationRequest.objects.filter(pk=own.pending.pk).update(expires_at=own.now - 31 * DAY)
    assert collecting.forget(now=own.now) == 1


def activation_of(own: Belongings) -> Activation:
    return reporting_instances.activation_of(own.farm)


ACTS: dict[str, Act] = {
    "take a seat": lambda own: seats.take(own.primary),
    "take a reserved seat": lambda own: seats.take(own.branch),
    "give a seat back": lambda own: seats.give_back(own.primary),
    "reserve seats": lambda own: seats.reserve(own.license, 5),
    "free reserved seats": lambda own: seats.unreserve(own.license, 5),
    "cut a key": lambda own: keys.cut(license=own.license, reserved=3, name="Graz", **own.who),
    "rename a key": lambda own: keys.rename(key=own.branch, name="Linz", **own.who),
    "revoke a key": lambda own: keys.revoke(key=own.branch, **own.who),
    "register a key": lambda own: licenses.register_key(
        account=own.account, code=license_factories.primary_key(own.unclaimed).code, **own.who
    ),
    "suspend a license": lambda own: suspension.suspend(
        license=own.license, reason="Unpaid.", by=None, now=own.now
    ),
    "resume a license": lambda own: suspension.resume(
        license=own.suspended, reason="Paid.", by=None, now=own.now
    ),
    "start a trial": lambda own: trials.start(instance=own.farm, **own.who),
    "describe an instance": lambda own: instances.describe(
        instance=own.farm, name="Farm Two", note="", **own.who
    ),
    "deactivate an instance": lambda own: instances.deactivate(instance=own.farm, **own.who),
    "declare an instance lost": lambda own: instances.declare_lost(instance=own.farm, **own.who),
    "move an instance": lambda own: instances.move(instance=own.farm, key=own.branch, **own.who),
    "move what waits for its console": lambda own: instances.move(
        instance=Instance.objects.get(activations=own.approved.activation_id),
        key=own.branch,
        **own.who,
    ),
    "deactivate from the console": lambda own: instances.deactivate_from_console(
        activation=activation_of(own), ending=Activation.Ending.CONSOLE, now=own.now
    ),
    "report users": lambda own: own.report(3, own.now),
    "report too many users, then fewer": over_the_seats_and_back,
    "hand a request over": lambda own: requests.hand_over(
        request=own.pending, account=own.account, **own.who
    ),
    "approve a request": lambda own: requests.approve(
        request=own.pending,
        account=own.account,
        choice=ApprovalChoice(key=own.primary),
        split_confirmed=True,
        **own.who,
    ),
    "deny a request": lambda own: requests.deny(request=own.pending, **own.who),
    "poll too fast": poll_too_fast,
    "collect a license": lambda own: own.poll(own.approved_code, own.now),
    "collect without the right": collect_without_the_right,
    "let an approval lapse": let_the_approval_lapse,
    "forget an old request": forget_an_old_request,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_stands_beside_it_stays_as_it_was(
    act: Act,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
) -> None:
    beside = [Belongings(acme, alice, now), Belongings(globex, charlie, now)]
    Key.objects.filter(activations__instance=beside[1].farm).update(over_since=now - DAY)
    before = rows_of(MODELS)
    own = Belongings(acme, alice, now)
    of_own = rows_of(MODELS)

    act(own)

    after = rows_of(MODELS)
    assert {place: row for place, row in after.items() if place in before} == before
    assert after != of_own, "it did something"
