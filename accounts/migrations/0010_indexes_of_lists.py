from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from accounts.migrations._online import AddIndexOnline


class Migration(migrations.Migration):
    """Members by name, administrators alone, and events by their reference."""

    atomic = False
    dependencies = [("accounts", "0009_fill_listed_as")]

    operations = [
        AddIndexOnline(
            model_name="membership",
            index=models.Index(fields=["account", "listed_as", "id"], name="membership_by_name"),
        ),
        AddIndexOnline(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("blocked_at", None), ("role", "administrator")),
                fields=["account", "id"],
                name="administrator_by_account",
            ),
        ),
        AddIndexOnline(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("blocked_at", None), ("role", "administrator")),
                fields=["email_domain", "account"],
                name="administrator_by_domain",
            ),
        ),
        AddIndexOnline(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("listed_as", "")),
                fields=["id"],
                name="membership_without_name",
            ),
        ),
        AddIndexOnline(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["reference"],
                name="audit_by_reference",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="accounts.businessaccount",
            ),
        ),
    ]
