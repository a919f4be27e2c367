from __future__ import annotations

from typing import Any, Final

from django.db import migrations

from accounts.migrations._online import add_word_index, drop_index

_INDEXES: Final = (
    ("account_by_words", "accounts_businessaccount", "upper(name) gin_trgm_ops"),
    ("user_by_words", "accounts_user", "upper(name) gin_trgm_ops"),
    (
        "membership_by_words",
        "accounts_membership",
        "account_id, upper(listed_as) gin_trgm_ops",
    ),
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
    dependencies = [("accounts", "0010_indexes_of_lists")]

    operations = [migrations.RunPython(add, drop)]
