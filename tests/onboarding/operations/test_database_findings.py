"""What `manage.py doctor` says about the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from onboarding.operations import database_findings
from onboarding.operations.findings import Finding, Level

pytestmark = [pytest.mark.django_db]


def answering(answers: dict[str, Any]) -> Any:
    """PostgreSQL, as if it gave these answers."""

    def ask(question: str) -> Any:
        return next(answer for part, answer in answers.items() if part in question)

    return patch.object(database_findings, "_ask", ask)


def is_error(finding: Finding, said: str) -> bool:
    return finding.level == Level.ERROR and said in finding.text


def test_a_portal_in_order_has_no_error() -> None:
    found = list(database_findings.about_database(web_processes=1))

    assert [each.text for each in found if each.level == Level.ERROR] == []
    assert len(found) == 7


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("connection refused", "Check DATABASE_URL"),
        ("unsupported startup parameter: options", "ignore_startup_parameters"),
        ("", "no reason was given"),
    ],
)
def test_a_database_that_is_away_ends_the_questions(failure: str, said: str) -> None:
    with patch.object(connection, "ensure_connection", side_effect=OperationalError(failure)):
        (found,) = database_findings.about_database(web_processes=1)

    assert is_error(found, said)


def test_a_migration_that_has_not_run_is_an_error() -> None:
    MigrationRecorder(connection).migration_qs.filter(app="onboarding").delete()

    assert is_error(database_findings.about_migrations(), "manage.py migrate")


def test_a_superuser_is_more_than_the_portal_needs() -> None:
    with answering({"rolsuper": True}):
        assert database_findings.about_role().level == Level.WARNING
    with answering({"rolsuper": False}):
        assert database_findings.about_role().level == Level.GOOD


def test_a_time_limit_that_got_lost_is_named() -> None:
    with answering({"SHOW statement_timeout": "0", "SHOW": "5s"}):
        assert is_error(database_findings.about_timeouts(), "statement_timeout of PostgreSQL")


def test_the_portals_own_time_limits_are_there() -> None:
    assert database_findings.about_timeouts().level == Level.GOOD


def test_more_web_processes_than_connections_are_an_error() -> None:
    with answering({"max_connections": "40", "superuser": "3"}):
        found = database_findings.about_connections(web_processes=9)

    assert is_error(found, "PostgreSQL allows 37")


@pytest.mark.parametrize(("no_cursors", "level"), [(False, Level.ERROR), (True, Level.GOOD)])
def test_a_pooler_needs_transactions_that_end_with_all_they_made(
    no_cursors: bool, level: Level
) -> None:
    known = {"DISABLE_SERVER_SIDE_CURSORS": no_cursors}

    with answering({"pg_backend_pid": -1}), patch.dict(connection.settings_dict, known):
        found = database_findings.about_pooler()

    assert found.level == level
    assert "pooler" in found.text


def test_clocks_that_differ_are_an_error() -> None:
    with answering({"clock_timestamp": timezone.now() - timedelta(minutes=2)}):
        assert is_error(database_findings.about_clock(), "differ by 120 seconds")
