"""Nobody is a person before a mailbox is proven: remove what unproven sign-ups left (SPEC 4.1)."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def vouch_for_staff(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Staff were made at the command line, whose word counts as a proof from now on."""
    user_model = apps.get_model("accounts", "User")
    address_model = apps.get_model("account", "EmailAddress")
    for user in user_model.objects.filter(is_staff=True).iterator():
        if address_model.objects.filter(user=user, verified=True).exists():
            continue
        if not address_model.objects.filter(email=user.email, verified=True).exists():
            address_model.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )


def remove_unproven(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    user_model = apps.get_model("accounts", "User")
    address_model = apps.get_model("account", "EmailAddress")
    proven = address_model.objects.filter(verified=True).values("user")
    user_model.objects.exclude(pk__in=proven).filter(
        is_staff=False, last_login=None, memberships=None
    ).delete()
    address_model.objects.filter(verified=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0003_leaner_indexes"),
    ]

    operations = [
        migrations.RunPython(vouch_for_staff, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(remove_unproven, migrations.RunPython.noop, elidable=True),
    ]
