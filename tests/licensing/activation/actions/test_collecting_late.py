"""Consoles that collect late, or never."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting, requests
from licensing.activation.errors import (
    AuthorizationPending,
    ExpiredToken,
    RequestAnswered,
)
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, License
from tests.licensing import license_factories
from tests.licensing.activation.actions.collecting_steps import CODE, approve, refusal, seats_taken

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_after_half_an_hour_the_code_has_expired(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    late = now + timedelta(minutes=30)

    assert type(refusal(late - timedelta(seconds=1))) is AuthorizationPending
    assert type(refusal(late)) is ExpiredToken
    with pytest.raises(RequestAnswered):
        approve(request_, license, alice, late)
    assert seats_taken(license) == 0


def test_handing_over_prolongs_the_code_to_a_day(
    request_: ActivationRequest,
    license: License,
    acme: BusinessAccount,
    alice: User,
    mia: User,
    now: datetime,
) -> None:
    next_day = now + timedelta(hours=23)
    requests.hand_over(request=request_, account=acme, by=mia, now=now + timedelta(minutes=29))

    waiting = refusal(next_day)
    approve(request_, license, alice, next_day)
    collected = collecting.poll(device_code=CODE, now=next_day)

    assert type(waiting) is AuthorizationPending
    assert waiting.expires_in == 3600 + 29 * 60
    assert collected.document


def test_an_approval_in_the_last_second_can_still_be_collected(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    approve(request_, license, alice, now + timedelta(minutes=29, seconds=59))

    collected = collecting.poll(device_code=CODE, now=now + timedelta(minutes=30, seconds=4))

    assert collected.document


def test_an_approval_that_nobody_collects_lapses_and_frees_the_seat(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    activation = approve(request_, license, alice, now)

    early = collecting.lapse(now=now + timedelta(minutes=29)), seats_taken(license)
    late = collecting.lapse(now=now + timedelta(minutes=30)), seats_taken(license)

    assert (early, late) == ((0, 1), (1, 0))
    assert collecting.lapse(now=now + timedelta(minutes=31)) == 0
    activation.refresh_from_db()
    assert activation.ending == Activation.Ending.NOT_COLLECTED
    assert type(refusal(now + timedelta(minutes=31))) is ExpiredToken


def test_between_expiry_and_the_sweep_nothing_is_handed_out(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    approve(request_, license, alice, now)

    assert type(refusal(now + timedelta(minutes=30))) is ExpiredToken


def test_requests_that_led_to_nothing_are_forgotten_after_a_month(
    license: License, alice: User, now: datetime
) -> None:
    license_factories.request(now=now, instance_name="Nobody answered")
    requests.deny(
        request=license_factories.request(now=now, instance_name="Denied"), by=alice, now=now
    )
    approve(license_factories.request(now=now, instance_name="Approved"), license, alice, now)
    license_factories.request(
        now=now + timedelta(days=1), instance_name="Younger", claimed_by=alice
    )
    license_factories.request(now=now, instance_name="Claimed", claimed_by=alice)

    early = collecting.forget(now=now + timedelta(hours=3))
    assert (early, collecting.forget(now=now + timedelta(days=30, minutes=31))) == (1, 2)
    left = ActivationRequest.objects.order_by("pk")
    assert [request.instance_name for request in left] == ["Approved", "Younger"]
