"""Company keys in NFC, so that a name in another Unicode form is the same company.

A buyer whose key would become that of another buyer with the same address keeps the old key, which
nothing looks up any more: the one who was there first stays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.db import migrations

_AT_ONCE = 2000


def _unify(apps: Any, schema_editor: Any) -> None:
    purchases = apps.get_model("licensing", "Purchase").objects.only("company_key")
    for changed in _batches(purchases.order_by("pk")):
        purchases.bulk_update(changed, ["company_key"])
    buyers = apps.get_model("licensing", "Buyer").objects
    for changed in _batches(buyers.order_by("pk")):
        for buyer in changed:
            same = {"primary_email": buyer.primary_email, "company_key": buyer.company_key}
            if not buyers.filter(**same).exists():
                buyer.save(update_fields=["company_key"])


def _batches(rows: Any) -> Iterator[list[Any]]:
    """Rows whose key changes, with the new one."""
    after = None
    while True:
        later = rows if after is None else rows.filter(pk__gt=after)
        batch = list(later[:_AT_ONCE])
        if not batch:
            return
        after = batch[-1].pk
        changed = []
        for row in batch:
            key = unicodedata.normalize("NFC", row.company_key)
            key = unicodedata.normalize("NFC", key.casefold())
            if key != row.company_key:
                row.company_key = key
                changed.append(row)
        if changed:
            yield changed


class Migration(migrations.Migration):
    dependencies = [("licensing", "0023_leaner_instances")]

    operations = [migrations.RunPython(_unify, migrations.RunPython.noop)]
