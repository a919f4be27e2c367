"""Between an approval and its collection, the right behind it can end (SPEC 4.1, 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pytest

from accounts.audit.event_sentences import sentences
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import members
from accounts.permissions import Role
from licensing.activation.actions import collecting, requests
from licensing.activation.errors import AccessDenied, NotLicensed, PollRefused
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.events import Event
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.actions import suspension
from licensing.licenses.models import Activation, Key, License
from tests import factories
from tests.licensing import license_factories, seat_recount
from tests.licensing.activation.actions.collecting_steps import CODE
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@dataclass
class Approval:
    """Bob has approved a farm of Acme, and its console hasn't come yet."""

    acme: BusinessAccount
    alice: User
    bob: User
    license: License
    activation: Activation
    now: datetime

    @property
    def membership(self) -> Membership:
        return membership_of(self.bob, self.acme)

    def change_license(self, **facts: object) -> None:
        License.objects.filter(pk=self.license.pk).update(**facts)


@pytest.fixture
def approval(acme: BusinessAccount, alice: User, bob: User, now: datetime) -> Approval:
    license = license_factories.subscription(acme, now=now)
    activation = requests.approve(
        request=license_factories.request(now=now, device_code=CODE),
        account=acme,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=bob,
        now=now,
    )
    return Approval(acme, alice, bob, license, activation, now)


def blocked(it: Approval) -> None:
    members.block(membership=it.membership, by=it.alice, now=it.now)


def demoted(it: Approval) -> None:
    members.change_role(membership=it.membership, role=Role.MEMBER, by=it.alice, now=it.now)


def removed(it: Approval) -> None:
    members.remove(membership=it.membership, by=it.alice, now=it.now)


def left(it: Approval) -> None:
    members.leave(membership=it.membership, now=it.now)


def disabled(it: Approval) -> None:
    User.objects.filter(pk=it.bob.pk).update(is_active=False)


def suspended(it: Approval) -> None:
    suspension.suspend(license=it.license, reason="Unpaid.", by=None, now=it.now)


def expired(it: Approval) -> None:
    it.change_license(ends_on=it.now.date() - timedelta(days=31))


def not_started(it: Approval) -> None:
    it.change_license(starts_on=it.now.date() + timedelta(days=1))


def merged_without_the_approver(it: Approval) -> None:
    """The account was closed, and what Bob may do in it is worth nothing any more."""
    target = factories.business_account("Globex", administrator=it.alice, now=it.now)
    BusinessAccount.objects.filter(pk=it.acme.pk).update(merged_into=target)


def deactivated(it: Approval) -> None:
    instances.deactivate(instance=it.activation.instance, by=it.alice, now=it.now)


def declared_lost(it: Approval) -> None:
    instances.declare_lost(instance=it.activation.instance, by=it.alice, now=it.now)


CHANGES: Final[list[Callable[[Approval], None]]] = [
    blocked,
    demoted,
    removed,
    left,
    disabled,
    suspended,
    expired,
    not_started,
    merged_without_the_approver,
    deactivated,
    declared_lost,
]


def poll(now: datetime) -> PollRefused:
    with pytest.raises(PollRefused) as refused:
        collecting.poll(device_code=CODE, now=now)
    return refused.value


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_after_the_approval_ends_it_before_the_console_has_anything(
    change: Callable[[Approval], None], approval: Approval, now: datetime
) -> None:
    change(approval)

    refused = poll(now)

    assert isinstance(refused, AccessDenied)
    assert refused.code == "access_denied"
    assert len(str(refused)) > 60, "it says why, and what to do"
    assert not Activation.objects.live().exists()
    assert approval.activation.instance.token_digest is None
    assert ActivationRequest.objects.get().status == Status.WITHDRAWN
    approval.license.refresh_from_db()
    assert approval.license.seats_shared == 0
    seat_recount.check_license(approval.license)


@pytest.mark.parametrize("change", [blocked, suspended])
def test_the_account_reads_that_its_approval_was_withdrawn_and_why(
    change: Callable[[Approval], None], approval: Approval, now: datetime
) -> None:
    change(approval)

    first, again = poll(now), poll(now + timedelta(seconds=5))

    event = approval.acme.events.get(event=Event.REQUEST_WITHDRAWN)
    assert "was withdrawn before its console picked it up" in sentences(event)[0]
    assert str(event.details["why"]) in str(first)
    assert isinstance(again, AccessDenied)
    approval.activation.refresh_from_db()
    assert approval.activation.ending == Activation.Ending.WITHDRAWN


def test_a_right_that_came_back_in_time_is_a_right(approval: Approval, now: datetime) -> None:
    blocked(approval)
    members.unblock(membership=approval.membership, by=approval.alice, now=now)

    assert collecting.poll(device_code=CODE, now=now).document


def test_a_console_gets_what_its_instance_was_moved_to_meanwhile(
    approval: Approval, now: datetime
) -> None:
    other = license_factories.key(approval.license, now=now, reserved=20, name="Berlin")
    instances.move(instance=approval.activation.instance, key=other, by=approval.alice, now=now)

    collected = collecting.poll(device_code=CODE, now=now)

    assert collected.activation.key == other
    assert Key.objects.get(pk=other.pk).instances_live == 1


def test_an_approval_that_was_moved_and_never_collected_lapses(
    approval: Approval, now: datetime
) -> None:
    other = license_factories.key(approval.license, now=now, reserved=20, name="Berlin")
    instances.move(instance=approval.activation.instance, key=other, by=approval.alice, now=now)

    assert collecting.lapse(now=now + timedelta(minutes=31)) == 1

    assert not Activation.objects.live().exists()
    assert Key.objects.get(pk=other.pk).instances_live == 0


def test_an_earlier_token_is_no_way_around_the_console(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    """Activated again, and not collected yet: the token from before gets and ends nothing."""
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    farm = license_factories.licensed(acme, key, now, token_digest="0" * 64)
    before = reporting.of_token("0" * 64)
    request = license_factories.request(now=now, device_code=CODE, instance_id=farm.instance_id)
    requests.approve(request=request, account=acme, choice=ApprovalChoice(key=key), by=bob, now=now)

    assert before is not None
    assert reporting.of_token("0" * 64) is None
    with pytest.raises(NotLicensed):
        check_ins.record(activation=before, report=Report("20.0"), now=now)
    assert Activation.objects.live().count() == 1
