"""Many rows at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

_MAX_IDS: Final = 2048
# The first 60 bits of a UUID that aren't its version: milliseconds, and a count within them.
_COUNT_BITS: Final = 12
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
    statement = f"SELECT {next_id(table)} FROM generate_series(1, %(count)s)"  # noqa: S608
    block = 1
    while True:
        for (number,) in fetch(statement, count=block):
            yield number
        block = min(2 * block, _MAX_IDS)


def next_id(table: str) -> str:
    """What gives PostgreSQL's next id; the sequence is looked up here, and not for every row."""
    ((sequence,),) = fetch("SELECT pg_get_serial_sequence(%(table)s, 'id')", table=table)
    return f"nextval('{sequence}')"


def last_id(table: str) -> int:
    """The greatest id that SQLite has given to a row of the table."""
    found = fetch("SELECT seq FROM sqlite_sequence WHERE name = %(table)s", table=table)
    return int(found[0][0]) if found else 0


def new_uuids(count: int) -> list[str]:
    """UUIDs in 32 hexadecimal digits, as both databases read them.

    Version 7 (RFC 9562): 62 bits are random, and each is greater than the one before it, so that
    an index grows at its end, where random ones change all of its pages.
    """
    first = time.time_ns() // 1_000_000 << _COUNT_BITS
    digits = os.urandom(8 * count).hex()
    return [
        f"{moment[:12]}7{moment[12:]}{'89ab'[int(digits[at], 16) & 3]}{digits[at + 1 : at + 16]}"
        for moment, at in zip(
            (f"{number:015x}" for number in range(first, first + count)),
            range(0, 16 * count, 16),
            strict=True,
        )
    ]


def _adapted(parameters: dict[str, str | int | datetime]) -> dict[str, Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return {
        name: adapt(value) if isinstance(value, datetime) else value
        for name, value in parameters.items()
    }
