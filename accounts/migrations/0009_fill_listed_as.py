from __future__ import annotations

from typing import Any, Final

from django.db import migrations
from django.db.models import CharField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Concat, Lower

_AT_ONCE: Final = 10_000


def fill(apps: Any, editor: Any) -> None:
    """Batch by batch, each in a transaction of its own: nobody waits for all of it."""
    rows = apps.get_model("accounts", "Membership").objects.using(editor.connection.alias)
    users = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("user"))
    listed_as = users.values(
        copy=Concat(Lower("name"), Value("\n"), "email", output_field=CharField())
    )
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    for after in range(0, last, _AT_ONCE):
        batch = rows.filter(pk__gt=after, pk__lte=after + _AT_ONCE, listed_as="")
        batch.update(
            listed_as=Subquery(listed_as), email_domain=Subquery(users.values("email_domain"))
        )


class Migration(migrations.Migration):
    """Copy the names and addresses of everybody who is a member already."""

    atomic = False
    dependencies = [("accounts", "0008_listed_as")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
