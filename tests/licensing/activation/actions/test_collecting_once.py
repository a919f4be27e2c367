"""An approval is handed over once or lapses, and what became of it can be read (SPEC 4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting
from licensing.activation.errors import (
    AuthorizationPending,
    InvalidGrant,
    PollRefused,
    SlowDown,
)
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.events import Event
from licensing.licenses.models import Activation, Instance
from tests.licensing import license_factories
from tests.licensing.activation.actions.collecting_steps import CODE

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def approved(acme: BusinessAccount, alice: User, now: datetime) -> ActivationRequest:
    """Approved by Alice; the console with CODE hasn't collected."""
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    farm = license_factories.instance(acme, now=now)
    return license_factories.request(
        now=now,
        device_code=CODE,
        status="approved",
        account=acme,
        activation=license_factories.activation(farm, key, now=now, collected_at=None),
        answered_at=now,
        answered_by=alice,
    )


@pytest.mark.parametrize(
    ("early", "refusal"),
    [
        (timedelta(milliseconds=500), AuthorizationPending),
        (timedelta(milliseconds=501), SlowDown),
    ],
)
def test_half_a_second_early_is_polite_and_no_more(
    early: timedelta, refusal: type[PollRefused], now: datetime
) -> None:
    license_factories.request(now=now, device_code="rasd_pending")
    with pytest.raises(AuthorizationPending):
        collecting.poll(device_code="rasd_pending", now=now)

    with pytest.raises(refusal) as refused:
        collecting.poll(device_code="rasd_pending", now=now + timedelta(seconds=5) - early)

    assert type(refused.value) is refusal


def test_an_approval_that_lapses_is_noted_once_without_an_actor(
    approved: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    later = now + timedelta(minutes=31)

    lapsed = [collecting.lapse(now=later), collecting.lapse(now=later)]

    assert lapsed == [1, 0]
    event = acme.events.get()
    assert (event.event, event.actor, event.subject) == (
        Event.REQUEST_LAPSED,
        None,
        approved.instance_name,
    )


def test_a_license_that_was_handed_over_under_a_poll_is_not_handed_over_twice(
    approved: ActivationRequest, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's lock keeps other polls out; the request's status doesn't rely on it."""
    granted = collecting._still_granted

    def collected_meanwhile(
        request: ActivationRequest, account: BusinessAccount, at: datetime
    ) -> Activation:
        activation = granted(request, account, at)
        ActivationRequest.objects.filter(pk=request.pk).move(Status.REDEEMED, redeemed_at=at)
        return activation

    monkeypatch.setattr(collecting, "_still_granted", collected_meanwhile)

    with pytest.raises(InvalidGrant):
        collecting.poll(device_code=CODE, now=now + timedelta(seconds=5))
    assert Instance.objects.get().token_digest is None
