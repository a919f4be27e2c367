"""Many rows at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

_MOST_IDS: Final = 2048
_NEXT_IDS: Final = """
SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM generate_series(1, %(count)s)
"""
Row = Sequence[str | int | None]


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def is_busy(error: OperationalError) -> bool:
    """True when another import had to be waited for too long; trying again is all it takes."""
    return isinstance(error.__cause__, LockNotAvailable) or "database is locked" in str(error)


def insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows in the order of `columns`. Names are ours, never somebody's input."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(statement, [list(row) for row in rows])


def run(statement: str, **parameters: str | int | datetime) -> int:
    """Run one statement with `%(name)s` parameters; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _adapted(parameters))
        return int(cursor.rowcount)


def fetch(statement: str, **parameters: str | int | datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _adapted(parameters))
        return list(cursor.fetchall())


def new_ids(table: str) -> Iterator[int]:
    """Ids for rows to come, which nobody else gets: under SQLite, only inside a transaction."""
    if not is_postgres():
        yield from itertools.count(last_id(table) + 1)
    block = 1
    while True:
        for (number,) in fetch(_NEXT_IDS, table=table, count=block):
            yield number
        block = min(2 * block, _MOST_IDS)


def last_id(table: str) -> int:
    """The greatest id that SQLite has given to a row of the table."""
    found = fetch("SELECT seq FROM sqlite_sequence WHERE name = %(table)s", table=table)
    return int(found[0][0]) if found else 0


def new_uuids(count: int) -> list[str]:
    """Random UUIDs (version 4) in 32 hexadecimal digits, as both databases read them."""
    digits = os.urandom(16 * count).hex()
    return [
        f"{digits[at : at + 12]}4{digits[at + 13 : at + 16]}"
        f"{'89ab'[int(digits[at + 16], 16) & 3]}{digits[at + 17 : at + 32]}"
        for at in range(0, 32 * count, 32)
    ]


def _adapted(parameters: dict[str, str | int | datetime]) -> dict[str, Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return {
        name: adapt(value) if isinstance(value, datetime) else value
        for name, value in parameters.items()
    }
