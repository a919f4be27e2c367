from __future__ import annotations

from typing import Any

from django.db import migrations

_TABLES = ("licensing_heartbeat", "licensing_keyusage")


def _leave_room(apps: Any, schema_editor: Any) -> None:
    """Three rows of ten stay free on a page, so that an update finds room where the row is."""
    _set(schema_editor, "SET (fillfactor = 70)")


def _fill_up(apps: Any, schema_editor: Any) -> None:
    _set(schema_editor, "RESET (fillfactor)")


def _set(schema_editor: Any, how: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in _TABLES:
            schema_editor.execute(f"ALTER TABLE {table} {how}")


class Migration(migrations.Migration):
    dependencies = [("licensing", "0020_heartbeats")]

    operations = [migrations.RunPython(_leave_room, _fill_up)]
