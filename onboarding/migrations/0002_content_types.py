from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MOVED = ("deferredtask", "supportmessage")


def _move(apps: Apps, editor: BaseDatabaseSchemaEditor, before: str, after: str) -> None:
    """Rename in place, so that permissions and the admin's history keep pointing at the row."""
    types = apps.get_model("contenttypes", "ContentType").objects.using(editor.connection.alias)
    there = set(types.filter(app_label=after, model__in=MOVED).values_list("model", flat=True))
    moving = set(MOVED) - there
    types.filter(app_label=before, model__in=moving).update(app_label=after)


def to_onboarding(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, editor, "accounts", "onboarding")


def to_accounts(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, editor, "onboarding", "accounts")


class Migration(migrations.Migration):
    """What was allowed on, and said of, the models that moved goes with them."""

    dependencies = [
        ("onboarding", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(to_onboarding, to_accounts)]
