from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import StrIndex, Substr

from accounts.migrations._online import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    """The newest purchases of an address, and those of a domain."""

    atomic = False
    dependencies = [("licensing", "0012_indexes_of_words")]

    operations = [
        AddIndexOnline(
            model_name="purchase",
            index=models.Index(fields=["primary_email", "license"], name="purchase_by_buyer"),
        ),
        AddIndexOnline(
            model_name="purchase",
            index=models.Index(
                Substr(
                    "primary_email",
                    models.expressions.CombinedExpression(
                        StrIndex("primary_email", models.Value("@")), "+", models.Value(1)
                    ),
                ),
                name="purchase_by_domain",
            ),
        ),
        RemoveIndexOnline(model_name="purchase", name="purchase_by_email"),
    ]
