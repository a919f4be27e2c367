from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """What each check-in changes about an instance, apart from what seldom changes.

    The row is narrow and has no index besides its primary key, so PostgreSQL updates it in place
    (heap-only tuples). An instance has one from the beginning.
    """

    instance = models.OneToOneField(
        "licensing.Instance", primary_key=True, on_delete=models.CASCADE, related_name="heartbeat"
    )
    # What it runs under now; its peak counts in that key's sum (KeyUsage).
    activation = models.ForeignKey(
        "licensing.Activation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    last_seen_at = models.DateTimeField()
    last_check_in_at = models.DateTimeField(null=True, blank=True)
    peak_users = models.PositiveIntegerField(default=0)  # on the latest day that it reported
    peak_on = models.DateField(null=True, blank=True)  # that day

    # The number of the next document is one more; each check-in takes one.
    sequence = models.PositiveIntegerField(default=0)
    # Which document is the latest: licensing/activation/actions/issuing.py makes it again.
    document_sequence = models.PositiveIntegerField(default=0)
    document_kid = models.CharField(max_length=100, blank=True)
    document_digest = models.CharField(max_length=16, blank=True)
    document_issued_at = models.DateTimeField(null=True, blank=True)
    document_ends_at = models.DateTimeField(null=True, blank=True)
    # When people were last told that the document is about to end (by file only).
    document_reminded_at = models.DateTimeField(null=True, blank=True)

    # API requests within a minute from `requests_since` on (SPEC 5).
    requests = models.PositiveIntegerField(default=0)
    requests_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.instance_id)


class KeyUsage(models.Model):
    """The sum of the latest peaks of the instances that run under a key, kept up to date by
    whoever changes one of them; made with the key's first activation."""

    key = models.OneToOneField(
        "licensing.Key", primary_key=True, on_delete=models.CASCADE, related_name="usage"
    )
    peak_users = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(peak_users__gte=0), name="key_usage_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_id}: {self.peak_users}"
