"""Indexes that are made and dropped while the portal runs: on PostgreSQL without stopping writes.

A migration with these says `atomic = False`. One that was interrupted leaves an invalid index,
which has to be dropped before `migrate` is run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import DatabaseError
from django.db.migrations.operations import AddIndex, RemoveIndex

_EXTENSIONS: Final = ("pg_trgm", "btree_gin")


class AddIndexOnline(AddIndex):
    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = after.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(editor.connection.alias, model):
            with _unhurried(editor):
                editor.add_index(model, self.index, **_concurrently(editor))

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = before.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(editor.connection.alias, model):
            with _unhurried(editor):
                editor.remove_index(model, self.index, **_concurrently(editor))


class RemoveIndexOnline(RemoveIndex):
    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = before.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(editor.connection.alias, model):
            index = before.models[app_label, self.model_name_lower].get_index_by_name(self.name)
            with _unhurried(editor):
                editor.remove_index(model, index, **_concurrently(editor))

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        model = after.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(editor.connection.alias, model):
            index = after.models[app_label, self.model_name_lower].get_index_by_name(self.name)
            with _unhurried(editor):
                editor.add_index(model, index, **_concurrently(editor))


def add_word_index(editor: Any, name: str, table: str, columns: str) -> None:
    """An index by parts of words, where PostgreSQL has its extensions for that and lets us use
    them; without it, and on SQLite, the same search reads row by row."""
    if editor.connection.vendor != "postgresql":
        return
    try:
        for extension in _EXTENSIONS:
            editor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    except DatabaseError:
        return
    with _unhurried(editor):
        editor.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} USING gin ({columns})"
        )
        # Without figures about the new expressions, the planner takes every word for a rare one.
        editor.execute(f"ANALYZE {table}")


def add_plain_index(editor: Any, name: str, table: str, columns: str) -> None:
    """Bring back what `drop_index` has dropped."""
    if editor.connection.vendor == "postgresql":
        with _unhurried(editor):
            editor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})")


def drop_index(editor: Any, name: str) -> None:
    """Drop an index that no model names; on SQLite there was none."""
    if editor.connection.vendor == "postgresql":
        with _unhurried(editor):
            editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _concurrently(editor: Any) -> dict[str, bool]:
    return {"concurrently": True} if editor.connection.vendor == "postgresql" else {}


@contextmanager
def _unhurried(editor: Any) -> Iterator[None]:
    """Without the time limit of a statement: it is one for pages, and an index takes minutes."""
    if editor.connection.vendor != "postgresql":
        yield
        return
    editor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        editor.execute("RESET statement_timeout")
