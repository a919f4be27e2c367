"""Fixtures that every test may use; personas stand in tests/personas.py."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from tests import leftovers
from tests.leftovers import no_rows_left
from tests.personas import (
    acme,
    alice,
    bob,
    charlie,
    desk,
    dora,
    globex,
    mia,
    now,
    sam,
    sign_in,
)

__all__ = [
    "acme",
    "alice",
    "bob",
    "charlie",
    "desk",
    "dora",
    "globex",
    "mia",
    "no_rows_left",
    "now",
    "sam",
    "sign_in",
]


# A busy machine is no reason to fail: examples have no deadline of their own.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test inherits what another one counted or learned (the database rolls its own back)."""
    leftovers.forget_what_this_process_knows()
    if settings.REDIS_URL:
        cache.clear()
