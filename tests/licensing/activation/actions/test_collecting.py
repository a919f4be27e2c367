"""What a console gets with its device code, from the first poll to the last."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import User
from licensing.activation.actions import collecting, requests
from licensing.activation.errors import (
    AccessDenied,
    AuthorizationPending,
    InvalidGrant,
    SlowDown,
)
from licensing.activation.models import ActivationRequest
from licensing.documents import documents
from licensing.fleet.actions import instances
from licensing.licenses.models import Instance, License
from tests.licensing import license_factories
from tests.licensing.activation.actions.collecting_steps import CODE, approve, refusal, seats_taken

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
OF_ONE_FARM = "7f1cf0de-66c5-4c0e-9f33-0d5a4d7a5f10"


def test_until_somebody_answers_it_is_pending(request_: ActivationRequest, now: datetime) -> None:
    refused = refusal(now)

    assert type(refused) is AuthorizationPending
    assert (refused.interval, refused.expires_in) == (5, 1800)


def test_polling_too_fast_slows_down_and_stays_slow(
    request_: ActivationRequest, now: datetime
) -> None:
    refusal(now)
    at_once = refusal(now + timedelta(seconds=1))
    too_soon = refusal(now + timedelta(seconds=7))
    polite = refusal(now + timedelta(seconds=22))

    assert isinstance(at_once, SlowDown)
    assert isinstance(too_soon, SlowDown)
    assert (at_once.interval, too_soon.interval) == (10, 15)
    assert type(polite) is AuthorizationPending
    assert polite.interval == 15
    request_.refresh_from_db()
    assert request_.interval == 15


def test_the_interval_grows_to_ten_minutes_at_most(
    request_: ActivationRequest, now: datetime
) -> None:
    answers = [refusal(now + timedelta(milliseconds=number)) for number in range(130)]

    assert isinstance(answers[-1], SlowDown)
    assert answers[-1].interval == 600
    request_.refresh_from_db()
    assert request_.interval == 600


def test_a_poll_a_moment_early_is_still_polite(request_: ActivationRequest, now: datetime) -> None:
    refusal(now)

    refused = refusal(now + timedelta(seconds=4, milliseconds=600))

    assert type(refused) is AuthorizationPending


def test_an_approved_console_collects_once(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    activation = approve(request_, license, alice, now)

    collected = collecting.poll(device_code=CODE, now=now + timedelta(seconds=5))
    again = refusal(now + timedelta(seconds=10))

    assert collected.activation == activation
    assert collected.token.startswith("rasi_")
    claims = documents.read_license(collected.document, now=now)
    assert claims["activation"]["id"] == str(activation.public_id)
    assert type(again) is InvalidGrant


def test_only_a_digest_of_token_and_code_is_kept(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    approve(request_, license, alice, now)

    collected = collecting.poll(device_code=CODE, now=now)

    instance = Instance.objects.get()
    kept = [*vars(instance).values(), *ActivationRequest.objects.values_list().get()]
    assert instance.token_digest
    assert not {collected.token, CODE} & {str(value) for value in kept}


def test_the_token_of_an_earlier_activation_dies(
    license: License, alice: User, now: datetime
) -> None:
    digests = []
    for code in ("first", "second"):
        request = license_factories.request(now=now, device_code=code, instance_id=OF_ONE_FARM)
        approve(request, license, alice, now)
        collecting.poll(device_code=code, now=now)
        digests.append(Instance.objects.get().token_digest)

    assert digests[0] != digests[1]
    assert seats_taken(license) == 1


def test_a_denied_console_is_told_so(
    request_: ActivationRequest, alice: User, now: datetime
) -> None:
    requests.deny(request=request_, by=alice, now=now, disowned=True)

    assert type(refusal(now)) is AccessDenied
    assert type(refusal(now + timedelta(minutes=31))) is AccessDenied


def test_an_unknown_code_is_no_grant(now: datetime) -> None:
    assert type(refusal(now, "rasd_unknown")) is InvalidGrant


def test_an_activation_that_ended_in_the_portal_is_not_handed_out(
    request_: ActivationRequest, license: License, alice: User, now: datetime
) -> None:
    activation = approve(request_, license, alice, now)
    instances.deactivate(instance=activation.instance, by=alice, now=now)

    assert isinstance(refusal(now), AccessDenied)
    collecting.lapse(now=now + timedelta(hours=1))
    assert seats_taken(license) == 0
