"""Many machines with one enrollment token at the same moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from accounts.models import BusinessAccount, User
from licensing import tokens
from licensing.actions import enrollment
from licensing.actions.collecting import Collected
from licensing.errors import EnrollmentEnded
from licensing.models import Activation, Instance, License
from tests.accounts.actions.race import refusals, together
from tests.licensing import stock


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return stock.subscription(acme, seats=10, now=now)


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_twenty_machines_at_once_get_exactly_the_five_uses(
    license: License, alice: User, now: datetime
) -> None:
    token = stock.enrollment_token(license, uses=5, by=alice, now=now)

    outcomes = together(
        *[
            partial(enrollment.activate, token=token, installation=stock.installation(), now=now)
            for _ in range(20)
        ]
    )

    assert sum(isinstance(outcome, Collected) for outcome in outcomes) == 5
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
    token = stock.enrollment_token(license, uses=2, by=alice, now=now)
    installation = stock.installation()

    outcomes = together(
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
    secrets = [outcome.token for outcome in outcomes if isinstance(outcome, Collected)]
    assert live.instance.token_digest in {tokens.digest(secret) for secret in secrets}
