from __future__ import annotations

from django.db import models


class Reminder(models.Model):
    """One reminder that a license ends went out; a renewed license has a new end and new ones."""

    license = models.ForeignKey(
        "licensing.License", on_delete=models.CASCADE, related_name="reminders"
    )
    ends_on = models.DateField()
    # Days before (after, below zero) the end; see licensing/licenses/actions/license_reminders.py.
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
