"""Purchases for tests: one line that is right, changed where the test wants it; all sold at NOW."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from licensing.purchases.actions import files, orders
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.models import Purchase
from licensing.purchases.rules.purchase_rows import COLUMNS, PurchaseRecord, check

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
_LINE = {
    "order_number": "SO-1",
    "channel": "sales",
    "company": "Initech",
    "primary_email": "peter@initech.example",
    "product": "ras",
    "kind": "subscription",
    "seats": "100",
    "starts_on": "2026-11-01",
    "ends_on": "2027-10-31",
    "upgrade_insurance_until": "",
    "version": "",
    "key": "",
}
_PERMANENT = {"kind": "permanent", "ends_on": "", "version": "19", "starts_on": "2023-01-15"}


def line(**facts: str) -> dict[str, str]:
    """A subscription that Initech bought through sales."""
    assert facts.keys() <= _LINE.keys()
    return _LINE | facts


def permanent(*, insured: timedelta | None = None, **facts: str) -> dict[str, str]:
    """A permanent license that Initech bought online; `insured` so much longer than TODAY."""
    until = "" if insured is None else (TODAY + insured).isoformat()
    return line(**{"channel": "online", "upgrade_insurance_until": until, **_PERMANENT, **facts})


def sold(**facts: str) -> PurchaseRecord:
    return check(list(line(**facts).values()))


def file(*lines: dict[str, str]) -> io.BytesIO:
    """A CSV of these lines."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return io.BytesIO(text.getvalue().encode())


def record(given: dict[str, str] | None = None, /, **facts: str) -> tuple[Purchase, ImportSummary]:
    """Record one, as the API does."""
    said = (given or line()) | facts
    return orders.record(sold=check(list(said.values())), now=NOW)


def take(*lines: dict[str, str]) -> ImportSummary:
    """Import a file of these lines."""
    return files.import_file(file(*lines), now=NOW)
