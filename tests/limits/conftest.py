from __future__ import annotations

from datetime import datetime

import pytest

from tests.limits.sample_portal import SamplePortal
from tests.personas import SignIn


@pytest.fixture
def portal(db: None, sign_in: SignIn, now: datetime) -> SamplePortal:
    return SamplePortal(sign_in, now)
