"""Earlier trials: whoever first activated an instance under one has started it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def note_who_started(apps, schema_editor):
    License = apps.get_model("licensing", "License")
    Activation = apps.get_model("licensing", "Activation")
    under = Activation.objects.filter(key__license=OuterRef("pk")).order_by("pk")
    License.objects.filter(kind="trial", started_by=None).update(
        started_by=Subquery(under.values("activated_by")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("licensing", "0008_numbers_of_trials")]

    operations = [migrations.RunPython(note_who_started, migrations.RunPython.noop)]
