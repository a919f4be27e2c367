"""What most tests of approving and collecting begin with."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Key, License
from tests.licensing import license_factories
from tests.licensing.activation.actions.collecting_steps import CODE


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    """The key of a license with a single seat."""
    return license_factories.primary_key(license_factories.subscription(acme, seats=1, now=now))


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


@pytest.fixture
def request_(now: datetime) -> ActivationRequest:
    """What the console with CODE asks for."""
    return license_factories.request(now=now, device_code=CODE)
