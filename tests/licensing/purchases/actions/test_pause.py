"""Keeping imports away: who comes while one is at work is told to come back."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from licensing.purchases.actions.pause import block_imports
from licensing.purchases.errors import ImportRunning
from tests.accounts.membership.actions.race import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_import_at_work_is_not_waited_for_longer_than_a_lock() -> None:
    def try_to_pause() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            block_imports()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE licensing_purchase IN SHARE ROW EXCLUSIVE MODE")
        (outcome,) = run_concurrently(try_to_pause)

    assert isinstance(outcome, ImportRunning)


def test_two_may_keep_imports_away_at_once() -> None:
    with transaction.atomic():
        block_imports()
        assert run_concurrently(transaction.atomic(block_imports)) == [None]
