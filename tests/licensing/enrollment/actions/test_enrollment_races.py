"""Many machines with one enrollment token at the same moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions.collecting import CollectedLicense
from licensing.enrollment.actions import enrollment
from licensing.enrollment.errors import EnrollmentEnded
from licensing.licenses.models import Activation, Instance, License
from licensing.protocol import tokens
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=10, now=now)


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_twenty_machines_at_once_get_exactly_the_five_uses(
    license: License, alice: User, now: datetime
) -> None:
    token = license_factories.enrollment_token(license, uses=5, by=alice, now=now)

    outcomes = run_concurrently(
        *[
            partial(
                enrollment.activate,
                token=token,
                installation=license_factories.installation(),
                now=now,
            )
            for _ in range(20)
        ]
    )

    assert sum(isinstance(outcome, CollectedLicense) for outcome in outcomes) == 5
    assert {type(refusal) for refusal in refusals(outcomes)} == {EnrollmentEnded}
    token.refresh_from_db()
    license.refresh_from_db()
    assert (token.uses, license.seats_shared) == (5, 5)
    assert Activation.objects.live().count() == Instance.objects.count() == 5


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_the_same_machine_many_times_at_once_is_one_activation(
    license: License, alice: User, now: datetime
) -> None:
    token = license_factories.enrollment_token(license, uses=2, by=alice, now=now)
    installation = license_factories.installation()

    outcomes = run_concurrently(
        *[
            partial(enrollment.activate, token=token, installation=installation, now=now)
            for _ in range(8)
        ]
    )

    assert refusals(outcomes) == []
    token.refresh_from_db()
    license.refresh_from_db()
    assert (token.uses, license.seats_shared) == (1, 1)
    live = Activation.objects.live().select_related("instance").get()
    secrets = [outcome.token for outcome in outcomes if isinstance(outcome, CollectedLicense)]
    assert live.instance.token_digest in {tokens.digest(secret) for secret in secrets}
