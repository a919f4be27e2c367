from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Upper

from accounts.migrations._online import AddIndexOnline


class Migration(migrations.Migration):
    """An instance by its host, whatever the company."""

    atomic = False
    dependencies = [("licensing", "0013_purchases_by_buyer")]

    operations = [
        AddIndexOnline(
            model_name="instance",
            index=models.Index(Upper("host"), name="instance_by_host"),
        )
    ]
