from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index of mails begins with their account."""

    dependencies = [("accounts", "0014_administrators_by_age")]

    operations = [
        migrations.AlterField(
            model_name="outboxmail",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="accounts.businessaccount",
            ),
        )
    ]
