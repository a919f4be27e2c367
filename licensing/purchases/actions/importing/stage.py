"""The temporary table in which purchases wait, and what is wrong with them there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from typing import Final

from django.db import DatabaseError
from django.utils.translation import gettext as _

from licensing.licenses.rules import key_codes
from licensing.purchases.actions.importing import rows
from licensing.purchases.errors import CsvProblem
from licensing.purchases.rules.purchase_accounts import company_key, opens_account
from licensing.purchases.rules.purchase_csv import MAX_PROBLEMS, CsvLine

_COLUMNS: Final = (
    "line",
    "order_number",
    "channel",
    "company",
    "company_key",
    "primary_email",
    "primary_email_display",
    "product",
    "kind",
    "seats",
    "starts_on",
    "ends_on",
    "upgrade_insurance_until",
    "version",
    "code",
    "has_own_code",
    "content_digest",
    "opens_account",
    "license_name",
    "license_public_id",
    "key_public_id",
)
_CREATE: Final = """
CREATE TEMPORARY TABLE purchase_stage (
    line integer {line_key}, order_number varchar(60), channel varchar(20), company varchar(100),
    company_key varchar(300), primary_email varchar(254), primary_email_display varchar(254),
    product varchar(20), kind varchar(20), seats integer,
    starts_on date, ends_on date, upgrade_insurance_until date, version varchar(20),
    code varchar(40), has_own_code integer, content_digest varchar(64), opens_account integer,
    license_name varchar(100), license_public_id {uuid}, key_public_id {uuid},
    license_id bigint {next_license}
)
"""
_DROP: Final = (
    "DROP TABLE IF EXISTS purchase_stage",
    "DROP TABLE IF EXISTS purchase_company",
    "DROP TABLE IF EXISTS purchase_home",
    "DROP TABLE IF EXISTS purchase_earlier",
)
_TWICE: Final = """
SELECT again.line, earlier.line
FROM (SELECT {column} AS value, min(line) AS line FROM purchase_stage
      WHERE {condition} GROUP BY {column} HAVING count(*) > 1) AS earlier
JOIN purchase_stage AS again ON again.{column} = earlier.value AND again.line > earlier.line
ORDER BY again.line LIMIT %(most)s
"""
_CHANGED: Final = """
SELECT stage.line FROM purchase_stage AS stage
JOIN licensing_purchase AS purchase ON purchase.order_number = stage.order_number
WHERE purchase.content_digest <> stage.content_digest
ORDER BY stage.line LIMIT %(most)s
"""
_UNCHANGED: Final = """
DELETE FROM purchase_stage WHERE EXISTS (
    SELECT 1 FROM licensing_purchase
    WHERE licensing_purchase.order_number = purchase_stage.order_number)
"""
_KEY_TAKEN: Final = """
SELECT stage.line FROM purchase_stage AS stage
JOIN licensing_key ON licensing_key.code = stage.code
WHERE stage.has_own_code = 1
ORDER BY stage.line LIMIT %(most)s
"""


@contextmanager
def staging() -> Iterator[None]:
    """An empty stage, dropped afterwards; it belongs to this connection alone."""
    drop()
    own = rows.is_postgres()
    rows.run(
        _CREATE.format(
            uuid="uuid" if own else "char(32)",
            next_license=f"DEFAULT {rows.next_id('licensing_license')}" if own else "",
            # SQLite joins by loops: without a key, each company would read the whole stage.
            line_key="NOT NULL" if own else "PRIMARY KEY",
        )
    )
    try:
        yield
    finally:
        with suppress(DatabaseError):  # a failed transaction takes the stage with it
            drop()


def drop() -> None:
    for statement in _DROP:
        rows.run(statement)


def fill(lines: Sequence[CsvLine], *, on: date) -> None:
    """Add purchases, sold on whatever day: whether they open an account is decided for `on`."""
    public_ids = iter(rows.new_uuids(2 * len(lines)))
    codes = key_codes.new_codes(len(lines))
    staged = (
        _row(line, code, next(public_ids), next(public_ids), on)
        for line, code in zip(lines, codes, strict=True)
    )
    rows.insert("purchase_stage", _COLUMNS, staged)


def _row(line: CsvLine, fresh_code: str, license_id: str, key_id: str, on: date) -> rows.Row:
    sold = line.sold
    opens = opens_account(
        product=sold.product,
        channel=sold.channel,
        kind=sold.kind,
        version=sold.version,
        upgrade_insurance_until=sold.upgrade_insurance_until,
        on=on,
    )
    return (
        line.number,
        sold.order_number,
        sold.channel,
        sold.company,
        company_key(sold.company),
        sold.primary_email,
        sold.primary_email_display,
        sold.product,
        sold.kind,
        sold.seats,
        sold.starts_on.isoformat(),
        sold.ends_on.isoformat() if sold.ends_on else None,
        sold.upgrade_insurance_until.isoformat() if sold.upgrade_insurance_until else None,
        sold.version,
        sold.key or fresh_code,
        1 if sold.key else 0,
        sold.digest,
        1 if opens else 0,
        license_name(sold.kind, (sold.ends_on or sold.starts_on).year, sold.seats),
        license_id,
        key_id,
    )


@lru_cache(maxsize=1024)
def license_name(kind: str, year: int, seats: int) -> str:
    """What people call the license: by the year in which it ends, or was bought."""
    if kind == "subscription":
        return _("Subscription %(year)d – %(seats)d seats") % {"year": year, "seats": seats}
    return _("Permanent license %(year)d – %(seats)d seats") % {"year": year, "seats": seats}


def conflicts_within_file() -> list[CsvProblem]:
    """Orders and keys that stand in the file twice; both lines are named."""
    found = [
        CsvProblem(line, column, message % {"line": earlier})
        for column, statement, message in (
            (
                "order_number",
                _TWICE.format(column="order_number", condition="1 = 1"),
                _("Line %(line)d has the same order number."),
            ),
            (
                "key",
                _TWICE.format(column="code", condition="has_own_code = 1"),
                _("Line %(line)d has the same key."),
            ),
        )
        for line, earlier in rows.fetch(statement, most=MAX_PROBLEMS)
    ]
    return sorted(found)[:MAX_PROBLEMS]


def changed_orders() -> list[CsvProblem]:
    """Orders that are here already, with other content."""
    message = _("This order is already here with different content. Orders can't be changed.")
    found = rows.fetch(_CHANGED, most=MAX_PROBLEMS)
    return [CsvProblem(line, "order_number", message) for (line,) in found]


def drop_unchanged() -> int:
    """Forget the orders that are here already; how many they were."""
    return rows.run(_UNCHANGED)


def taken_keys() -> list[CsvProblem]:
    """Given keys that another license has."""
    found = rows.fetch(_KEY_TAKEN, most=MAX_PROBLEMS)
    return [CsvProblem(line, "key", _("Another license has this key.")) for (line,) in found]
