from __future__ import annotations

from typing import Any, Final

from django.db import migrations

from accounts.migrations._online import add_word_index, drop_index

_INDEXES: Final = (
    (
        "instance_by_words",
        "licensing_instance",
        "account_id, upper(name) gin_trgm_ops, upper(host) gin_trgm_ops",
    ),
    ("license_by_words", "licensing_license", "account_id, upper(name) gin_trgm_ops"),
    ("purchase_by_words", "licensing_purchase", "upper(company) gin_trgm_ops"),
)


def add(apps: Any, editor: Any) -> None:
    for name, table, columns in _INDEXES:
        add_word_index(editor, name, table, columns)


def drop(apps: Any, editor: Any) -> None:
    for name, _table, _columns in _INDEXES:
        drop_index(editor, name)


class Migration(migrations.Migration):
    """Parts of names are found by an index, where PostgreSQL allows."""

    atomic = False
    dependencies = [("licensing", "0011_indexes_of_lists")]

    operations = [migrations.RunPython(add, drop)]
