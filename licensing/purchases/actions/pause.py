"""Blocks imports while a transaction depends on who owns purchases."""

from __future__ import annotations

from typing import Final

from django.db import OperationalError, connection, transaction

from licensing.purchases.errors import ImportRunning

# What an import takes conflicts with it; purchases and corrections one by one go on.
_NO_IMPORT: Final = "LOCK TABLE licensing_purchase IN ROW EXCLUSIVE MODE"


def block_imports() -> None:
    """No import writes until the transaction ends. Call it before any account is locked: an
    import takes the table first, too (licensing/purchases/actions/importing/write.py).

    Raises ImportRunning when one is at work and takes longer than the lock's timeout.
    """
    if connection.vendor != "postgresql":  # SQLite has one writer at a time
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NO_IMPORT)
    except OperationalError as error:
        raise ImportRunning from error
