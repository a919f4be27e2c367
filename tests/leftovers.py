"""What one test could leave to the next: rows, and what this process has learned."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts import limits
from accounts.outbox import delivery, worker_signals
from onboarding.site.postgresql import base as postgresql

# Filled by migrations, and there before the first test.
_ALWAYS_THERE: Final = {"django_content_type", "auth_permission"}


def forget_what_this_process_knows() -> None:
    """The mail server, the broker and the database answer, and no counter was found a "
    "moment ago."""
    delivery._server_away_until = datetime.min.replace(tzinfo=UTC)
    worker_signals._notifier._failed_at = float("-inf")
    limits._seen.update(at=time.monotonic(), count=0.0)
    postgresql._outage.end()


@pytest.fixture(scope="module", autouse=True)
def no_rows_left(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A file of tests whose rows are still there after it fails, and the next one starts clean."""
    yield
    with django_db_blocker.unblock():
        left = _tables_with_rows() if _is_test_database() else []
        if left:
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
            pytest.fail(f"Rows were left to the next tests in {', '.join(left)}.")


def _is_test_database() -> bool:
    """False while no test has asked for a database: then there is none to look at."""
    settings = connection.settings_dict
    name = str(settings["NAME"])
    return name == str(settings["TEST"]["NAME"]) or name.startswith("test_")


def _tables_with_rows() -> list[str]:
    tables = {model._meta.db_table for model in apps.get_models()} - _ALWAYS_THERE
    each = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [table for (table,) in cursor.fetchall()]
