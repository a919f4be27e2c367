import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licensing", "0019_lost_instances_by_name")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "instance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="heartbeat",
                        serialize=False,
                        to="licensing.instance",
                    ),
                ),
                ("last_seen_at", models.DateTimeField()),
                ("last_check_in_at", models.DateTimeField(blank=True, null=True)),
                ("peak_users", models.PositiveIntegerField(default=0)),
                ("peak_on", models.DateField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("document_sequence", models.PositiveIntegerField(default=0)),
                ("document_kid", models.CharField(blank=True, max_length=100)),
                ("document_digest", models.CharField(blank=True, max_length=16)),
                ("document_issued_at", models.DateTimeField(blank=True, null=True)),
                ("document_ends_at", models.DateTimeField(blank=True, null=True)),
                ("document_reminded_at", models.DateTimeField(blank=True, null=True)),
                ("requests", models.PositiveIntegerField(default=0)),
                ("requests_since", models.DateTimeField(blank=True, null=True)),
                (
                    "activation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.activation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeyUsage",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="usage",
                        serialize=False,
                        to="licensing.key",
                    ),
                ),
                ("peak_users", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("peak_users__gte", 0)),
                        name="key_usage_is_not_negative",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="key",
            name="over_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
