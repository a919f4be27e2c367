from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from tests.licensing.api.licensed_instance import Asker, House, enroller, house


@pytest.fixture
def farm(acme: BusinessAccount, now: datetime) -> House:
    """Acme's licensed instance."""
    return house(acme, now=now)


@pytest.fixture
def machine(farm: House, alice: User, now: datetime) -> Asker:
    """Acme's machine that enrolls instances."""
    return enroller(farm.license, by=alice, now=now)
