"""Two answer the same request, or activate the same instance, at the same moment."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial
from typing import Any, Final

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.membership.actions import members
from accounts.permissions import Role
from licensing.activation.actions import requests
from licensing.activation.errors import InstanceInOtherAccount, RequestAnswered
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.fleet.actions import instances
from licensing.licenses.errors import TrialUsed
from licensing.licenses.models import Activation, License
from tests import factories
from tests.accounts.membership.actions.race import Call, refusals, run_concurrently
from tests.licensing import license_factories, seat_recount
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
ROUNDS: Final = 10


def approval(
    account: BusinessAccount,
    by: User,
    now: datetime,
    *,
    choice: ApprovalChoice | None = None,
    request: ActivationRequest | None = None,
    **facts: Any,
) -> Call:
    """Approving a request: a fresh one, opened by `by`, unless one is given."""
    license = account.licenses.exclude(kind=License.Kind.TRIAL).order_by("pk")[0]
    return partial(
        requests.approve,
        request=request or license_factories.request(now=now, claimed_by=by, **facts),
        account=account,
        choice=choice or ApprovalChoice(key=license_factories.primary_key(license)),
        by=by,
        now=now,
    )


def names(outcomes: list[object]) -> list[str]:
    """What was refused, by name, sorted."""
    return sorted(type(error).__name__ for error in refusals(outcomes))


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=5, now=now)


@pytest.fixture
def handed_over(acme: BusinessAccount, mia: User, license: License, now: datetime) -> uuid.UUID:
    """The installation that Mia asks the administrators to approve, round after round."""
    return uuid.uuid4()


def ask(acme: BusinessAccount, mia: User, installed: uuid.UUID, now: datetime) -> ActivationRequest:
    request = license_factories.request(now=now, claimed_by=mia, instance_id=installed)
    requests.hand_over(request=request, account=acme, by=mia, now=now)
    return request


def test_an_instance_that_asks_twice_takes_one_seat(
    acme: BusinessAccount, alice: User, license: License, now: datetime
) -> None:
    for number in range(ROUNDS):
        installed = uuid.uuid4()
        farm: dict[str, Any] = {"instance_id": installed, "instance_name": f"Farm {number}"}

        outcomes = run_concurrently(
            approval(acme, alice, now, **farm), approval(acme, alice, now, **farm)
        )

        assert refusals(outcomes) == []
        live = Activation.objects.live().get(installation=installed)
        assert live in outcomes
        assert License.objects.get().seats_shared == 1
        seat_recount.check(acme)
        instances.deactivate(instance=live.instance, by=alice, now=now)


def test_an_instance_in_two_accounts_at_once_belongs_to_one(
    acme: BusinessAccount,
    alice: User,
    globex: BusinessAccount,
    charlie: User,
    license: License,
    now: datetime,
) -> None:
    license_factories.subscription(globex, seats=5, now=now)
    for _round in range(ROUNDS):
        installed = uuid.uuid4()

        outcomes = run_concurrently(
            approval(acme, alice, now, instance_id=installed),
            approval(globex, charlie, now, instance_id=installed),
        )

        assert names(outcomes) == [InstanceInOtherAccount.__name__]
        live = Activation.objects.live().get()
        seat_recount.check_license(acme.licenses.get())
        seat_recount.check_license(globex.licenses.get())
        by = alice if live.instance.account == acme else charlie
        instances.deactivate(instance=live.instance, by=by, now=now)


def test_of_two_administrators_who_approve_one_does(
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    handed_over: uuid.UUID,
    now: datetime,
) -> None:
    for number in range(ROUNDS):
        request = ask(acme, mia, handed_over, now)

        outcomes = run_concurrently(
            approval(acme, alice, now, request=request), approval(acme, bob, now, request=request)
        )

        assert names(outcomes) == [RequestAnswered.__name__]
        assert Activation.objects.count() == number + 1
        seat_recount.check(acme)


def test_a_request_that_was_handed_over_is_approved_or_denied(
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    handed_over: uuid.UUID,
    now: datetime,
) -> None:
    for _round in range(ROUNDS):
        request = ask(acme, mia, handed_over, now)

        outcomes = run_concurrently(
            approval(acme, alice, now, request=request),
            partial(requests.deny, request=request, by=bob, now=now),
            partial(requests.deny, request=request, by=mia, now=now, disowned=True),
        )

        assert names(outcomes) == [RequestAnswered.__name__] * 2
        request.refresh_from_db()
        assert (request.status == Status.APPROVED) == isinstance(outcomes[0], Activation)
        seat_recount.check(acme)


def test_a_request_is_handed_over_or_answered(
    acme: BusinessAccount, alice: User, license: License, now: datetime
) -> None:
    for _round in range(ROUNDS):
        request = license_factories.request(now=now, claimed_by=alice, instance_id=uuid.UUID(int=7))

        outcomes = run_concurrently(
            partial(requests.hand_over, request=request, account=acme, by=alice, now=now),
            partial(requests.deny, request=request, by=alice, now=now),
            approval(acme, alice, now, request=request),
        )

        request.refresh_from_db()
        assert request.status in (Status.APPROVED, Status.DENIED), outcomes
        assert {type(error) for error in refusals(outcomes)} == {RequestAnswered}
        seat_recount.check(acme)


def test_an_instance_gets_one_trial(now: datetime) -> None:
    for number in range(ROUNDS):
        # Somebody else each time: a person has three trials at a time.
        dana = factories.person(f"dana{number}@acme.example")
        account = factories.business_account(f"Acme {number}", administrator=dana, now=now)
        license_factories.subscription(account, now=now)
        installed = uuid.uuid4()
        trial = partial(
            approval, account, dana, now, choice=ApprovalChoice(), instance_id=installed
        )

        outcomes = run_concurrently(trial(), trial())

        assert names(outcomes) == [TrialUsed.__name__]
        assert License.objects.filter(kind=License.Kind.TRIAL).count() == number + 1


def test_the_last_seat_goes_to_an_instance_or_a_key(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for _round in range(ROUNDS):
        license = license_factories.subscription(acme, seats=1, now=now)
        shared = ApprovalChoice(key=license_factories.primary_key(license))
        cut = ApprovalChoice(cut_from=license, seats=1)

        outcomes = run_concurrently(
            approval(acme, alice, now, choice=shared), approval(acme, alice, now, choice=cut)
        )

        assert len(refusals(outcomes)) == 1, outcomes
        seat_recount.check_license(license)


def test_rights_that_are_taken_meanwhile_are_gone(
    acme: BusinessAccount, alice: User, bob: User, license: License, now: datetime
) -> None:
    for _round in range(ROUNDS):
        acme.memberships.filter(user=bob).update(role=Role.LICENSE_MANAGER)

        outcomes = run_concurrently(
            approval(acme, bob, now, instance_id=uuid.UUID(int=9)),
            partial(
                members.change_role,
                membership=membership_of(bob, acme),
                role=Role.MEMBER,
                by=alice,
                now=now,
            ),
        )

        assert names(outcomes) in ([], [NotAllowed.__name__])
        with pytest.raises(NotAllowed):
            approval(acme, bob, now)()
