from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What members are sorted and found by stands in their own row."""

    dependencies = [("accounts", "0007_support_and_tasks_leave")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="listed_as",
            field=models.CharField(db_default="", default="", editable=False, max_length=360),
        ),
        migrations.AddField(
            model_name="membership",
            name="email_domain",
            field=models.CharField(db_default="", default="", editable=False, max_length=254),
        ),
    ]
