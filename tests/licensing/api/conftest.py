from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from tests.licensing.api.licensed_instance import ApiClient, LicensedInstance, enroller, house


@pytest.fixture
def farm(acme: BusinessAccount, now: datetime) -> LicensedInstance:
    """Acme's licensed instance."""
    return house(acme, now=now)


@pytest.fixture
def machine(farm: LicensedInstance, alice: User, now: datetime) -> ApiClient:
    """Acme's machine that enrolls instances."""
    return enroller(farm.license, by=alice, now=now)
