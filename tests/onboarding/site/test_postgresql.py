"""While PostgreSQL is away one request at a time finds out whether it is back (never all)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from onboarding.site.postgresql import base
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[base.DatabaseWrapper]:
    """A server that nobody has started; a request waits 1.5 seconds for it."""
    monkeypatch.setattr(base, "_outage", base.Outage())
    monkeypatch.setattr(base, "_TRY_EVERY", 60.0)  # the second one comes in time, however slowly
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    pool = {**options["pool"], "timeout": 1.5}
    wrapper = base.DatabaseWrapper(
        {**connection.settings_dict, "PORT": free_port(), "OPTIONS": {**options, "pool": pool}},
        alias="away",
    )
    yield wrapper
    wrapper.close_pool()


def seconds(wrapper: base.DatabaseWrapper) -> float:
    """How long a request waits for its refusal."""
    started = time.monotonic()
    with pytest.raises(OperationalError):
        wrapper.ensure_connection()
    return time.monotonic() - started


def test_who_comes_second_does_not_wait(away: base.DatabaseWrapper) -> None:
    assert seconds(away) >= 1.5
    assert seconds(away) < 1.0


def test_a_pool_in_use_is_no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_outage", base.Outage())
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    pool = {**options["pool"], "max_size": 1, "timeout": 0.3}
    facts = {**connection.settings_dict, "OPTIONS": {**options, "pool": pool}}
    first, second = (base.DatabaseWrapper(facts, alias="in use") for _ in range(2))
    first.ensure_connection()

    assert seconds(second) >= 0.3
    assert seconds(second) >= 0.3
    first.close()
    second.ensure_connection()
    second.close()
    second.close_pool()


def test_one_at_a_time_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("onboarding.site.postgresql.base.time.monotonic", lambda: now)
    outage = base.Outage()
    assert not outage.refuses()

    outage.begin()
    assert outage.refuses()
    now = 103.0
    assert [outage.refuses() for _ in range(3)] == [False, True, True]

    outage.end()
    assert not outage.refuses()
    assert not outage.refuses()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_replaced_unseen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (idle,) = cursor.fetchone()
    connection.close()  # back into the pool
    with psycopg.connect(**_address()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [idle])

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")

        assert cursor.fetchone()[0] != idle


def _address() -> dict[str, Any]:
    known = connection.settings_dict
    return {name.lower(): known[name] for name in ("HOST", "PORT", "USER")} | {"dbname": "postgres"}
