from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from accounts.migrations._online import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    """What runs under a key, keys of a license, and licenses of all accounts by their end."""

    atomic = False
    dependencies = [
        ("accounts", "0010_indexes_of_lists"),
        ("licensing", "0010_withdrawn_keys"),
    ]

    operations = [
        AddIndexOnline(
            model_name="activation",
            index=models.Index(
                condition=models.Q(("deactivated_at", None)),
                fields=["key", "-id"],
                name="live_activation_by_key",
            ),
        ),
        AddIndexOnline(
            model_name="key",
            index=models.Index(fields=["license", "-is_primary", "id"], name="key_by_license"),
        ),
        AddIndexOnline(
            model_name="license",
            index=models.Index(fields=["ends_on", "account"], name="license_by_day_of_end"),
        ),
        RemoveIndexOnline(model_name="license", name="license_suspended"),
        AddIndexOnline(
            model_name="license",
            index=models.Index(
                condition=models.Q(("suspended_at__isnull", False)),
                fields=["account", "-suspended_at"],
                name="license_suspended",
            ),
        ),
        migrations.AlterField(
            model_name="activation",
            name="key",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activations",
                to="licensing.key",
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="license",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="licensing.license",
            ),
        ),
    ]
