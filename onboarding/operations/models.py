from __future__ import annotations

from typing import Final

from django.db import models


class ScheduleRun(models.Model):
    """When the schedule last got a task all the way through: scheduler, broker and worker."""

    KEY: Final = 1

    id = models.PositiveSmallIntegerField(primary_key=True)
    ran_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_run_of_the_schedule")
        ]

    def __str__(self) -> str:
        return self.ran_at.isoformat()
