"""Instances without what their heartbeats hold now.

The columns stay until the next release, for processes of the one before; nobody fills them any
more, hence their defaults. `last_seen_at` lives on as `seen_around`.
"""

from django.db import migrations, models

from accounts.migrations._online import AddIndexOnline, RemoveIndexOnline

_GONE = (
    "sequence",
    "document_ends_at",
    "document_reminded_at",
    "last_check_in_at",
    "peak_users",
    "over_since",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("licensing", "0022_first_heartbeats")]

    operations = [
        RemoveIndexOnline(model_name="instance", name="instance_over_its_seats"),
        AddIndexOnline(
            model_name="key",
            index=models.Index(
                condition=models.Q(("over_since__isnull", False)),
                fields=["license"],
                name="key_over_its_seats",
            ),
        ),
        migrations.AlterField(
            model_name="instance",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="instance",
            name="peak_users",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="instance", name="instance_by_last_seen"),
                migrations.RenameField("instance", "last_seen_at", "seen_around"),
                migrations.AlterField(
                    model_name="instance",
                    name="seen_around",
                    field=models.DateTimeField(db_column="last_seen_at"),
                ),
                migrations.AddIndex(
                    model_name="instance",
                    index=models.Index(
                        fields=["account", "-seen_around"], name="instance_by_last_seen"
                    ),
                ),
                *(migrations.RemoveField(model_name="instance", name=name) for name in _GONE),
            ]
        ),
    ]
