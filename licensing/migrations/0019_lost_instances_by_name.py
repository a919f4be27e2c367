from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Lower

from accounts.migrations._online import AddIndexOnline


class Migration(migrations.Migration):
    """The few that are lost, found without a walk through all."""

    atomic = False
    dependencies = [("licensing", "0018_no_twin_indexes")]

    operations = [
        AddIndexOnline(
            model_name="instance",
            index=models.Index(
                models.F("account"),
                Lower("name"),
                models.F("id"),
                condition=models.Q(("lost_at__isnull", False)),
                name="lost_instance_by_name",
            ),
        )
    ]
