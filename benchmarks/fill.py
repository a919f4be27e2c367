"""Fill a PostgreSQL database with a large portal: `python -m benchmarks.fill DATABASE_URL`.

200,000 companies with five people and five licenses each, and four accounts that hold 100, 10,000,
100,000 and 1,000,000 licenses, instances (all under one key) and members; ten days of usage for
each instance. `--scale 0.1` makes a tenth of it. The database is created and migrated here; one
that holds companies already is refused.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.large_portal import SEQUENCES, STATEMENTS

ROOT: Final = Path(__file__).resolve().parent.parent
COMPANIES: Final = 200_000
LARGE_ACCOUNTS: Final = (100, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Sizes:
    """How many companies, and how much each of the large accounts holds."""

    companies: int
    large: tuple[int, ...]

    @classmethod
    def scaled(cls, scale: float) -> Sizes:
        """The sizes of the documented benchmark times `scale`; no account holds less than 100."""
        large = tuple(max(100, int(size * scale)) for size in LARGE_ACCOUNTS)
        return cls(max(100, int(COMPANIES * scale)), large)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    create(arguments.database_url)
    fill(arguments.database_url, Sizes.scaled(arguments.scale))


def create(url: str) -> None:
    """Create the database unless it is there, and migrate it."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        check=True,
        cwd=ROOT,
        env=environment,
    )


def fill(url: str, sizes: Sizes) -> None:
    """Write everything; foreign keys aren't checked one by one, since a benchmark can't wait."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM accounts_businessaccount LIMIT 1").fetchone():
            sys.exit(f"{urlsplit(url).path[1:]} holds companies already.")
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        write(connection, sizes)
        connection.execute("VACUUM ANALYZE")


def write(
    connection: psycopg.Connection[Any], sizes: Sizes, *, without: Collection[str] = ()
) -> None:
    """All rows but those of the tables `without`, into empty tables."""
    facts = {"companies": sizes.companies, "large": list(sizes.large)}
    for table, statement in STATEMENTS:
        if table in without:
            continue
        started = time.perf_counter()
        count = connection.execute(statement, facts).rowcount
        sys.stdout.write(f"{table:12}{count:>12,} rows{time.perf_counter() - started:8.1f} s\n")
        sys.stdout.flush()
    for table in SEQUENCES:
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" coalesce((SELECT max(id) FROM {table}), 1))"
        )


if __name__ == "__main__":
    main()
