from django.db import migrations, models


class Migration(migrations.Migration):
    """New words for the choices; no table changes."""

    dependencies = [
        ("accounts", "0012_no_pattern_index_of_emails"),
    ]

    operations = [
        migrations.AlterField(
            model_name="secondsteprecovery",
            name="stopped_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("somebody", "Someone who was notified stopped it."),
                    ("used", "The second step was used to sign in."),
                    ("no_right", "Whoever started it may no longer do that."),
                    ("not_approved", "Nobody approved it within 7 days."),
                ],
                max_length=20,
            ),
        ),
    ]
