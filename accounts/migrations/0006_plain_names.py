from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Two models get the field's names; their tables keep theirs, so nothing moves."""

    dependencies = [("accounts", "0005_second_step_recovery")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Tally", "RateCounter"),
                migrations.AlterModelTable("RateCounter", "accounts_tally"),
                migrations.RenameModel("Errand", "DeferredTask"),
                migrations.AlterModelTable("DeferredTask", "accounts_errand"),
            ]
        )
    ]
