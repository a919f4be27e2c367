"""What an operator can get wrong about the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from onboarding.operations.findings import Finding, error, good, warning

_TIMEOUTS: Final = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)
_MAX_CLOCK_DIFFERENCE: Final = timedelta(seconds=5)
# Worker, scheduler, commands and whoever looks by hand.
_CONNECTIONS_OF_OTHERS: Final = 10


def about_database(*, web_processes: int) -> Iterator[Finding]:
    """Reachable, migrated, with a fitting role, timeouts, connections and clock."""
    try:
        connection.ensure_connection()
    except DatabaseError as failure:
        yield error(_why_unreachable(str(failure).strip()))
        return
    yield good(f"The database ({connection.vendor}) answers.")
    yield about_migrations()
    if connection.vendor == "postgresql":
        yield about_role()
        yield about_timeouts()
        yield about_connections(web_processes=web_processes)
        yield about_pooler()
        yield about_clock()


def about_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return error(f"{missing} migrations haven't run: run `python manage.py migrate`.")
    return good("Every migration has run.")


def about_role() -> Finding:
    is_superuser = _ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if is_superuser:
        return warning(
            "The portal's role is a superuser of PostgreSQL: "
            "a role that owns the portal's database, and nothing else, is enough."
        )
    return good("The portal's role is no superuser.")


def about_timeouts() -> Finding:
    off = [name for name in _TIMEOUTS if _ask(f"SHOW {name}") == "0"]
    if off:
        return error(
            f"{', '.join(off)} of PostgreSQL are off, so one stuck statement holds others forever: "
            "something between dropped the portal's. Set them for its role (ALTER ROLE … SET …)."
        )
    return good("Statements, locks and idle transactions have a time limit.")


def about_connections(*, web_processes: int) -> Finding:
    allowed = int(_ask("SHOW max_connections")) - int(_ask("SHOW superuser_reserved_connections"))
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    wanted = web_processes * pool + _CONNECTIONS_OF_OTHERS
    if wanted > allowed:
        return error(
            f"{web_processes} web processes with {pool} connections each, and the others' "
            f"{_CONNECTIONS_OF_OTHERS}, are {wanted}; PostgreSQL allows {allowed}. "
            "Raise its max_connections or lower DATABASE_POOL_SIZE."
        )
    return good(f"PostgreSQL allows {allowed} connections; at most {wanted} are needed.")


def about_pooler() -> Finding:
    """A pooler invents the process number of a new connection; PostgreSQL itself says its own."""
    assert connection.connection is not None
    told = connection.connection.info.backend_pid
    if told == _ask("SELECT pg_backend_pid()"):
        return good("The portal speaks with PostgreSQL itself.")
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return error(
            "A pooler (PgBouncer) stands before the database: in transaction mode cursors and "
            "prepared statements end up on other connections. Append "
            "DISABLE_SERVER_SIDE_CURSORS=true to the query of DATABASE_URL."
        )
    return good("A pooler stands before the database, and nothing outlives a transaction.")


def about_clock() -> Finding:
    difference = abs(_ask("SELECT clock_timestamp()") - timezone.now())
    if difference > _MAX_CLOCK_DIFFERENCE:
        return error(
            f"This machine's clock and the database's differ by {difference.total_seconds():.0f} "
            "seconds: codes and leases end at the wrong time. Synchronize both (NTP)."
        )
    return good("This machine's clock and the database's agree.")


def _why_unreachable(said: str) -> str:
    if "unsupported startup parameter" in said:
        return (
            "PgBouncer refuses the portal's timeouts: add `options` to its "
            "ignore_startup_parameters, and set them for the role (ALTER ROLE … SET …)."
        )
    return (
        f"The database can't be reached ({said.splitlines()[0] if said else 'no reason was given'})"
        ". Check DATABASE_URL, and that this machine may connect."
    )


def _ask(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None
