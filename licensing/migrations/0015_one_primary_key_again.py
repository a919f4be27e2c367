from __future__ import annotations

from typing import Any

from django.db import migrations

# Django drops every index on a column when it stops indexing that column, the partial unique one
# included: 0011 did so on PostgreSQL.
_INDEX = "one_primary_key_per_license"


def create_again(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {_INDEX} ON licensing_key (license_id)"
            " WHERE is_primary AND revoked_at IS NULL"
        )


class Migration(migrations.Migration):
    """One primary key for each license: the constraint that 0011 dropped."""

    atomic = False
    dependencies = [("licensing", "0014_instances_by_host")]

    operations = [migrations.RunPython(create_again, migrations.RunPython.noop)]
