"""What became of a request: a table of every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.template.loader import get_template

from accounts.directory.models import BusinessAccount
from licensing.activation.reading.outcome import RequestOutcome, outcome_of
from licensing.licenses.models import Activation
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def states(activation: Activation, now: datetime) -> dict[RequestOutcome, dict[str, Any]]:
    answered: dict[str, Any] = {"answered_at": now}
    approved = answered | {"status": "approved", "activation": activation}
    return {
        RequestOutcome.OPEN: {},
        RequestOutcome.HANDED_OVER: {"handed_over_at": now, "account": activation.instance.account},
        RequestOutcome.EXPIRED: {"expires_at": now},
        RequestOutcome.DENIED: answered | {"status": "denied"},
        RequestOutcome.DISOWNED: answered | {"status": "denied", "disowned": True},
        RequestOutcome.LICENSED: approved,
        RequestOutcome.LAPSED: approved | {"expires_at": now - MINUTE},
        RequestOutcome.WITHDRAWN: approved | {"status": "withdrawn"},
    }


@pytest.mark.parametrize(
    "outcome", [each for each in RequestOutcome if each is not RequestOutcome.ENDED]
)
def test_each_state_has_its_outcome(
    outcome: RequestOutcome, acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    activation = license_factories.activation(
        license_factories.instance(acme, now=now), key, now=now
    )

    asked = license_factories.request(now=now, **states(activation, now)[outcome])

    assert outcome_of(asked, now) is outcome


def test_what_was_licensed_may_have_ended_since(acme: BusinessAccount, now: datetime) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    activation = license_factories.activation(
        license_factories.instance(acme, now=now), key, now=now
    )
    collected: dict[str, Any] = {"status": "redeemed", "redeemed_at": now, "answered_at": now}
    asked = license_factories.request(now=now, activation=activation, **collected)

    before = outcome_of(asked, now + timedelta(days=90))
    activation.deactivated_at = now
    after = outcome_of(asked, now)

    assert (before, after) == (RequestOutcome.LICENSED, RequestOutcome.ENDED)


@pytest.mark.parametrize(
    "outcome", [each for each in RequestOutcome if each is not RequestOutcome.OPEN]
)
def test_each_outcome_has_its_page(outcome: RequestOutcome) -> None:
    get_template(f"licensing/activate/{outcome.value}.html")
