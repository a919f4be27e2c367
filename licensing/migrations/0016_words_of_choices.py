from django.db import migrations, models


class Migration(migrations.Migration):
    """New words for the choices; no table changes."""

    dependencies = [
        ("licensing", "0015_one_primary_key_again"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activation",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("console", "Deactivated from the console"),
                    ("portal", "Deactivated in the portal"),
                    ("file", "Deactivated by file"),
                    ("again", "Activated again"),
                    ("moved", "Moved to another key"),
                    ("replaced", "Replaced by another instance"),
                    ("lost", "Declared lost"),
                    ("not_collected", "Approved, but never picked up by the console"),
                    ("withdrawn", "Approval withdrawn before the console picked it up"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="fileanswer",
            name="mode",
            field=models.CharField(
                choices=[("refresh", "New license file"), ("deactivate", "Deactivation")],
                max_length=20,
            ),
        ),
    ]
