from __future__ import annotations

from typing import Any, Final

import django.db.models.deletion
from django.db import migrations, models

from accounts.migrations._online import add_plain_index, drop_index

_TOKENS: Final = "licensing_instance_token_digest_935cbf79_like"


def drop(apps: Any, editor: Any) -> None:
    drop_index(editor, _TOKENS)


def add(apps: Any, editor: Any) -> None:
    add_plain_index(editor, _TOKENS, "licensing_instance", "token_digest varchar_pattern_ops")


class Migration(migrations.Migration):
    """Other indexes begin with these columns, and nothing asks how a digest begins."""

    atomic = False
    dependencies = [("licensing", "0017_instances_by_age")]

    operations = [
        migrations.RunPython(drop, add),
        migrations.AlterField(
            model_name="reminder",
            name="license",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="licensing.license",
            ),
        ),
        migrations.AlterField(
            model_name="keyattempt",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="key_attempts",
                to="accounts.businessaccount",
            ),
        ),
    ]
