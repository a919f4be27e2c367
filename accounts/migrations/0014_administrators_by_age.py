from __future__ import annotations

from django.db import migrations, models

from accounts.migrations._online import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    """The first administrators of an account, in an order that no other index has."""

    atomic = False
    dependencies = [("accounts", "0013_words_of_choices")]

    operations = [
        AddIndexOnline(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("blocked_at", None), ("role", "administrator")),
                fields=["account", "created_at", "id"],
                name="administrator_by_age",
            ),
        ),
        RemoveIndexOnline(model_name="membership", name="administrator_by_account"),
    ]
