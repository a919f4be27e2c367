from __future__ import annotations

from django.db import models


class Reminder(models.Model):
    """A reminder that was sent about a license's end; a renewed license has a new end and new
    reminders."""

    license = models.ForeignKey(
        "licensing.License",
        on_delete=models.CASCADE,
        related_name="reminders",
        db_index=False,  # one_reminder_a_milestone begins with it
    )
    ends_on = models.DateField()
    # Days before the end, negative after it; see licensing/licenses/actions/license_reminders.py.
    milestone = models.SmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["license", "ends_on", "milestone"], name="one_reminder_a_milestone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ends_on}: {self.milestone}"
