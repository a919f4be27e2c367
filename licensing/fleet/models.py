from __future__ import annotations

from django.db import models


class UsageDay(models.Model):
    """The peak of concurrent users that an instance reported for one day (UTC)."""

    instance = models.ForeignKey(
        "licensing.Instance", on_delete=models.CASCADE, related_name="usage"
    )
    date = models.DateField()
    peak_users = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "date"], name="one_peak_a_day")]

    def __str__(self) -> str:
        return f"{self.date}: {self.peak_users}"
