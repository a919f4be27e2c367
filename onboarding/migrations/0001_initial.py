from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Messages to support and deferred tasks come from accounts, in the tables they always had."""

    dependencies = [("accounts", "0007_support_and_tasks_leave")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="DeferredTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ask", "Ask"), ("tell_owner", "Tell Owner")],
                                max_length=20,
                            ),
                        ),
                        ("facts", models.JSONField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "accounts_errand",
                    },
                ),
                migrations.CreateModel(
                    name="SupportMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("form_token", models.UUIDField(unique=True)),
                        ("reference", models.CharField(max_length=20)),
                        ("email", models.EmailField(max_length=254)),
                        ("email_proven", models.BooleanField()),
                        ("subject", models.CharField(max_length=200)),
                        ("message", models.TextField()),
                        ("context", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "accounts_supportmessage",
                        "indexes": [
                            models.Index(fields=["reference"], name="support_by_reference"),
                            models.Index(fields=["email", "-created_at"], name="support_by_email"),
                        ],
                    },
                ),
            ]
        )
    ]
