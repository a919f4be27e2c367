"""The run is on the servers it claims to be on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests import services


@pytest.mark.embedded
@pytest.mark.django_db
def test_the_database_is_the_one_this_run_is_about() -> None:
    assert connection.vendor == ("sqlite" if services.EMBEDDED else "postgresql")


@pytest.mark.embedded
@pytest.mark.django_db
def test_the_cache_is_shared_between_processes_and_works() -> None:
    backend = settings.CACHES["default"]["BACKEND"]
    cache.set("who", "Alice", 30)

    assert ("DatabaseCache" in backend) is services.EMBEDDED
    assert cache.get("who") == "Alice"


@pytest.mark.embedded(only=True)
@pytest.mark.django_db(transaction=True)
def test_sqlite_writes_ahead_and_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] >= 20_000
