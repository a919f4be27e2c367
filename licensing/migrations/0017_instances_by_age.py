from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from accounts.migrations._online import AddIndexOnline


class Migration(migrations.Migration):
    """The oldest instance of an account; the index of the account alone is a part of it."""

    atomic = False
    dependencies = [("licensing", "0016_words_of_choices")]

    operations = [
        AddIndexOnline(
            model_name="instance",
            index=models.Index(fields=["account", "first_seen_at"], name="instance_by_age"),
        ),
        migrations.AlterField(
            model_name="instance",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instances",
                to="accounts.businessaccount",
            ),
        ),
    ]
