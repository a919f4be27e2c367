from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """When the schedule last ran."""

    dependencies = [
        ("onboarding", "0002_content_types"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScheduleRun",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("ran_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="one_run_of_the_schedule"
                    )
                ],
            },
        ),
    ]
