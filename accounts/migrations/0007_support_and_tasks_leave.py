from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Messages to support and deferred tasks belong to onboarding; their tables stay as they are."""

    dependencies = [("accounts", "0006_plain_names")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("DeferredTask"),
                migrations.DeleteModel("SupportMessage"),
            ]
        )
    ]
