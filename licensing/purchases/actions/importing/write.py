"""The single transaction that turns staged rows into licenses, purchases and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from licensing.purchases.actions.importing import companies, events, rows, stage
from licensing.purchases.errors import CsvProblem, PurchasesRefused

# One import at a time, and no purchase beside it: what was checked stays true. Reading goes on.
_LOCK: Final = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '{patience}s'",
    "LOCK TABLE licensing_purchase IN SHARE ROW EXCLUSIVE MODE",
)
_NUMBER: Final = "UPDATE purchase_stage SET license_id = %(last)s + line"
_FROM: Final = """
FROM purchase_stage AS stage
LEFT JOIN licensing_buyer AS buyer ON buyer.primary_email = stage.primary_email
                                  AND buyer.company_key = stage.company_key
"""
_LICENSES: Final = f"""
INSERT INTO licensing_license (
    id, public_id, account_id, product, kind, name, seats, seats_reserved, seats_shared,
    starts_on, ends_on, upgrade_insurance_until, version_bought, auto_renew, created_at)
SELECT stage.license_id, stage.license_public_id, buyer.account_id, stage.product, stage.kind,
       stage.license_name, stage.seats, 0, 0, stage.starts_on, stage.ends_on,
       stage.upgrade_insurance_until,
       CASE WHEN stage.kind = 'permanent' THEN stage.version ELSE '' END, false, %(now)s
{_FROM}
"""
_PURCHASES: Final = """
INSERT INTO licensing_purchase (
    license_id, order_number, channel, company, company_key, primary_email,
    primary_email_display, product, kind, seats, starts_on, ends_on, upgrade_insurance_until,
    version, content_digest, created_at)
SELECT license_id, order_number, channel, company, company_key, primary_email,
       primary_email_display, product, kind, seats, starts_on, ends_on, upgrade_insurance_until,
       version, content_digest, %(now)s
FROM purchase_stage
"""
_KEYS: Final = """
INSERT INTO licensing_key (
    public_id, license_id, code, name, is_primary, instances_live, created_at)
SELECT key_public_id, license_id, code, %(name)s, true, 0, %(now)s FROM purchase_stage
"""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What came of purchases: each account that opened has sent its invitation, too."""

    new: int = 0
    unchanged: int = 0
    accounts: int = 0


def write_staged(
    *,
    now: datetime,
    patience: int,
    progress: Callable[[int], None] = lambda percent: None,
) -> ImportSummary:
    """Write what is staged, all or nothing; `progress` hears percents.

    Raises PurchasesRefused; and OperationalError when another import takes longer than
    `patience` seconds.
    """
    with transaction.atomic():
        if rows.is_postgres():
            for statement in _LOCK:
                rows.run(statement.format(patience=patience))
        unchanged = _check()
        progress(20)
        accounts = companies.settle(now=now)
        progress(50)
        new = _write(now)
        progress(90)
    return ImportSummary(new=new, unchanged=unchanged, accounts=accounts)


def _check() -> int:
    """Leave only new purchases on the stage; how many were already here, unchanged."""
    _refuse(stage.conflicts_within_file())
    _refuse(stage.changed_orders(), "order_changed")
    unchanged = stage.drop_unchanged()
    _refuse(stage.taken_keys(), "key_taken")
    return unchanged


def _refuse(problems: list[CsvProblem], code: str = PurchasesRefused.code) -> None:
    if problems:
        raise PurchasesRefused(problems, code=code)


def _write(now: datetime) -> int:
    if not rows.is_postgres():
        rows.run(_NUMBER, last=rows.last_id("licensing_license"))
    new = rows.run(_LICENSES, now=now)
    rows.run(_PURCHASES, now=now)
    rows.run(_KEYS, now=now, name=_("Primary key"))
    events.record_licenses(
        account="buyer.account_id",
        name="stage.license_name",
        source=f"{_FROM} WHERE buyer.account_id IS NOT NULL",
        now=now,
    )
    return new
