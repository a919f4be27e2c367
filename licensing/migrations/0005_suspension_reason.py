"""Why a license is suspended: the vendor's words, kept beside when."""

from django.db import migrations, models


def say_that_none_was_kept(apps, schema_editor):
    License = apps.get_model("licensing", "License")
    License.objects.exclude(suspended_at=None).update(
        suspension_reason="Suspended before reasons were kept."
    )


class Migration(migrations.Migration):
    dependencies = [("licensing", "0004_proof_sequence_of_files")]

    operations = [
        migrations.AddField(
            model_name="license",
            name="suspension_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.RunPython(say_that_none_was_kept, migrations.RunPython.noop),
    ]
