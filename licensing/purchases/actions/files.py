"""Imports a file of purchases: all or nothing, and safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Final

from django.db import transaction

from licensing.purchases.actions.importing import stage
from licensing.purchases.actions.importing.write import ImportSummary, write_staged
from licensing.purchases.errors import PurchasesRefused
from licensing.purchases.rules.purchase_csv import Binary, Reader


class ImportStep(Enum):
    """The step of an import, reported with its progress: bytes read, or percent written."""

    READING = "reading"
    WRITING = "writing"


Progress = Callable[[ImportStep, int], None]
# Reading is half of it, about.
_READING: Final = 50


def percent(step: ImportStep, done: int, *, size: int) -> int:
    """How far an import of `size` bytes is, all in all."""
    if step is ImportStep.READING:
        return _READING * done // max(size, 1)
    return _READING + (100 - _READING) * done // 100


def _quietly(step: ImportStep, done: int) -> None:
    pass


# Seconds that an import waits for the one before it.
IMPORT_LOCK_TIMEOUT_SECONDS: Final = 600


def _nothing(summary: ImportSummary) -> None:
    pass


def import_file(
    stream: Binary,
    *,
    now: datetime,
    progress: Progress = _quietly,
    note: Callable[[ImportSummary], None] = _nothing,
) -> ImportSummary:
    """Take every purchase of a CSV (CONTRACT, Purchases CSV), or none.

    An order that is here already with the same content stays as it is. Companies get their
    accounts and invitations (importing/companies.py); the mails follow in batches. `note` writes
    down what came of it, in the same transaction. Raises PurchasesRefused, with up to a hundred
    problems by line and column.
    """
    with stage.staging():
        _read(stream, now, progress)
        with transaction.atomic():
            summary = _merge(now, progress)
            note(summary)
        return summary


def preview(stream: Binary, *, now: datetime, progress: Progress = _quietly) -> ImportSummary:
    """What `import_file` would do, done and taken back. Raises PurchasesRefused."""
    with stage.staging():
        _read(stream, now, progress)
        with transaction.atomic():
            summary = _merge(now, progress)
            transaction.set_rollback(True)
            return summary


def _merge(now: datetime, progress: Progress) -> ImportSummary:
    return write_staged(
        now=now,
        patience=IMPORT_LOCK_TIMEOUT_SECONDS,
        progress=lambda percent: progress(ImportStep.WRITING, percent),
    )


def _read(stream: Binary, now: datetime, progress: Progress) -> None:
    reader = Reader(stream)
    for block in reader:
        stage.fill(block, on=now.date())
        progress(ImportStep.READING, reader.bytes_read)
    if reader.problems:
        raise PurchasesRefused(reader.problems)
