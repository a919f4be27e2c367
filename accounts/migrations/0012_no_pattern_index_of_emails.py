from __future__ import annotations

from typing import Any, Final

from django.db import migrations

from accounts.migrations._online import add_plain_index, drop_index

_NAME: Final = "accounts_user_email_b2644a56_like"


def drop(apps: Any, editor: Any) -> None:
    drop_index(editor, _NAME)


def add(apps: Any, editor: Any) -> None:
    add_plain_index(editor, _NAME, "accounts_user", "email varchar_pattern_ops")


class Migration(migrations.Migration):
    """Nothing asks for people whose address begins with something."""

    atomic = False
    dependencies = [("accounts", "0011_indexes_of_words")]

    operations = [migrations.RunPython(drop, add)]
