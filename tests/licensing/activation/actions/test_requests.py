"""Answering a request: who may, what it does, and what it never does halfway."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import DomainError
from accounts.outbox.models import OutboxMail
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.events import Event
from licensing.licenses.errors import (
    KeyNotInAccount,
    LicenseNotUsable,
    NoSeatsLeft,
    NotEnoughSeats,
    TrialUsed,
    VersionNotCovered,
)
from licensing.licenses.models import Activation, Instance, Key
from tests.licensing import license_factories
from tests.licensing.activation.actions.request_steps import approve

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_bob_approves_with_a_key(
    asked: ActivationRequest, acme: BusinessAccount, key: Key, bob: User, now: datetime
) -> None:
    activation = approve(asked, acme, ApprovalChoice(key=key), bob, now)

    now_asked = ActivationRequest.objects.get(pk=asked.pk)
    assert (now_asked.status, now_asked.claimed_by, now_asked.account) == ("approved", bob, acme)
    assert activation.instance.account == acme
    assert activation.activated_by == bob
    assert OutboxMail.objects.get(kind="instance_activated").to == "alice@acme.example"
    event = AuditEvent.objects.get(event=Event.INSTANCE_ACTIVATED)
    assert (event.actor, event.account) == (bob, acme)


def test_a_key_is_cut_for_it(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=100, now=now)

    activation = approve(asked, acme, ApprovalChoice(cut_from=license, seats=25), alice, now)

    license.refresh_from_db()
    assert (activation.key.reserved, license.seats_reserved) == (25, 25)
    assert activation.key.name == "Key for Farm One"


def test_a_trial_begins_once_for_an_instance(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    first = license_factories.request(now=now)
    again = license_factories.request(now=now, instance_id=first.instance_id)

    activation = approve(first, acme, ApprovalChoice(), alice, now)

    assert activation.key.license.ends_on == (now + 30 * DAY).date()
    assert activation.key.license.seats == 50
    with pytest.raises(TrialUsed):
        approve(again, acme, ApprovalChoice(), alice, now)


def test_the_trial_of_another_instance_is_not_for_this_one(
    asked: ActivationRequest, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    trial = approve(asked, acme, ApprovalChoice(), alice, now).key

    with pytest.raises(LicenseNotUsable):
        approve(license_factories.request(now=now), acme, ApprovalChoice(key=trial), alice, now)


REFUSED: dict[str, type[DomainError]] = {
    "too new": VersionNotCovered,
    "ended": LicenseNotUsable,
    "full": NoSeatsLeft,
    "of another company": KeyNotInAccount,
    "a license of another company": KeyNotInAccount,
    "more than there is": NotEnoughSeats,
}


def chosen(
    what: str, acme: BusinessAccount, globex: BusinessAccount, now: datetime
) -> ApprovalChoice:
    if what == "too new":
        license = license_factories.permanent(acme, insured_until=date(2024, 1, 1), now=now)
    elif what == "ended":
        license = license_factories.subscription(acme, now=now, ends_on=now.date() - 40 * DAY)
    elif what == "full":
        license = license_factories.subscription(acme, seats=1, now=now)
        license_factories.activation(
            license_factories.instance(acme, now=now),
            license_factories.primary_key(license),
            now=now,
        )
    elif what == "more than there is":
        return ApprovalChoice(
            cut_from=license_factories.subscription(acme, seats=5, now=now), seats=6
        )
    else:
        license = license_factories.subscription(globex, now=now)
        if what == "a license of another company":
            return ApprovalChoice(cut_from=license, seats=1)
    return ApprovalChoice(key=license_factories.primary_key(license))


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_changes_nothing(
    what: str,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    now: datetime,
) -> None:
    choice = chosen(what, acme, globex, now)
    before = (Instance.objects.count(), Key.objects.count(), Activation.objects.count())

    with pytest.raises(REFUSED[what]):
        approve(asked, acme, choice, alice, now)

    after = (Instance.objects.count(), Key.objects.count(), Activation.objects.count())
    assert after == before
    untouched = ActivationRequest.objects.get(pk=asked.pk)
    assert (untouched.status, untouched.claimed_by) == (Status.PENDING, None)
