"""What a check-in costs the database, counted where noise can't touch it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import Instance
from tests.licensing import license_factories, many_instances
from tests.licensing.reporting_instances import farm_of, report
from tests.plans import looked_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MAX_WAL_BYTES = 1024


@pytest.fixture
def farm(acme: BusinessAccount, now: datetime) -> Instance:
    license = license_factories.subscription(acme, seats=6000, now=now)
    farm = farm_of(license, now=now)
    report(farm, {now: 1}, now=now)
    return farm


def test_a_check_in_logs_less_than_a_kilobyte(farm: Instance, now: datetime) -> None:
    logged = [_logged(farm, now + n * DAY, peak=1 + n % 3) for n in range(1, 10)]

    # Others write to the same server: the least is the check-in's own.
    assert 0 < min(logged) <= MAX_WAL_BYTES


def test_its_rows_are_updated_where_they_are(farm: Instance, now: datetime) -> None:
    before = [_counted(name) for name in ("tuples_updated", "tuples_hot_updated")]

    for n in range(1, 9):
        report(farm, {now + n * DAY: n}, now=now + n * DAY)

    updated, hot = (
        _counted(name) - count
        for name, count in zip(("tuples_updated", "tuples_hot_updated"), before, strict=True)
    )
    assert updated == hot == 8


def test_it_reads_as_much_under_a_key_of_5000_as_under_a_key_of_one(
    farm: Instance, now: datetime
) -> None:
    with connection.cursor() as cursor:
        # Tables of tests are small, and full of what others rolled back: reading one whole can be
        # the cheapest plan here, and never is in a portal's.
        cursor.execute("SET LOCAL enable_seqscan = off")
    alone = _read(farm, now + DAY)
    key = license_factories.primary_key(farm.account.licenses.get())
    many_instances.make(farm.account, key, 5000, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    beside_many = _read(farm, now + 2 * DAY)

    assert 0 < beside_many <= alone


def _logged(farm: Instance, day: datetime, *, peak: int) -> int:
    before = _ask("SELECT pg_current_wal_insert_lsn() - '0/0'")
    report(farm, {day: peak}, now=day)
    return int(_ask("SELECT pg_current_wal_insert_lsn() - '0/0'")) - int(before)


def _counted(what: str) -> int:
    return int(_ask(f"SELECT pg_stat_get_xact_{what}('licensing_heartbeat'::regclass)"))


def _read(farm: Instance, day: datetime) -> int:
    """Rows that the statements of a check-in look at, each explained as it would run again."""
    with CaptureQueriesContext(connection) as queries:
        report(farm, {day: 2}, now=day)
    return sum(looked_at(query["sql"])[0] for query in queries.captured_queries)


def _ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
