from __future__ import annotations

import pytest

from accounts.directory.models import User
from onboarding.site.cache import JSONSerializer, ResilientCache
from tests.factories import PASSWORD
from tests.onboarding.outages import no_redis

__all__ = ["no_redis"]

pytestmark = pytest.mark.django_db


def test_values_come_back_as_they_were() -> None:
    serializer = JSONSerializer()
    for value in ([1.5, 2.5], True, "text", None, {"a": [1]}):
        assert serializer.loads(serializer.dumps(value)) == value  # type: ignore[arg-type]
    assert serializer.dumps(7) == 7


def test_counters_go_on_in_the_database_while_redis_is_away(no_redis: ResilientCache) -> None:
    assert no_redis.add("k", [1.0], 60)
    assert not no_redis.add("k", [2.0], 60)
    assert no_redis.get("k") == [1.0]
    assert no_redis.delete("k")
    assert no_redis.get("k", "gone") == "gone"


def test_people_sign_in_while_redis_is_away(no_redis: ResilientCache, alice: User, client) -> None:  # type: ignore[no-untyped-def]
    response = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response.status_code == 302
    wrong = client.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert wrong.status_code in (200, 302)
