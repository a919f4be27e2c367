from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import override_settings

from accounts.models import User
from onboarding.cache import JSONSerializer, ResilientCache
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def away() -> Iterator[ResilientCache]:
    """A cache whose Redis doesn't answer: the port is taken and silent."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        cache = {
            "BACKEND": "onboarding.cache.ResilientCache",
            "LOCATION": address,
            "OPTIONS": {"fallback": "database"},
        }
        database = {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
        }
        with override_settings(CACHES={"default": cache, "database": database}):
            yield caches["default"]  # type: ignore[misc]


def test_values_come_back_as_they_were() -> None:
    serializer = JSONSerializer()
    for value in ([1.5, 2.5], True, "text", None, {"a": [1]}):
        assert serializer.loads(serializer.dumps(value)) == value  # type: ignore[arg-type]
    assert serializer.dumps(7) == 7


def test_counters_go_on_in_the_database_while_redis_is_away(away: ResilientCache) -> None:
    assert away.add("k", [1.0], 60)
    assert not away.add("k", [2.0], 60)
    assert away.get("k") == [1.0]
    assert away.delete("k")
    assert away.get("k", "gone") == "gone"


def test_people_sign_in_while_redis_is_away(away: ResilientCache, alice: User, client) -> None:  # type: ignore[no-untyped-def]
    response = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response.status_code == 302
    wrong = client.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert wrong.status_code in (200, 302)
