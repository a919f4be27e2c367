from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class PurchaseImport(models.Model):
    """One file of purchases that staff gave us: how far it is, and what came of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Percent, and when it was last heard of: a worker that died leaves it behind.
    done = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    new = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    invitations = models.PositiveIntegerField(default=0)
    # [{"line": 7, "column": "seats", "message": "…"}], 100 at most.
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported_at=None) | models.Q(refused_at=None),
                name="import_ends_once",
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="import_by_start")]

    def __str__(self) -> str:
        return self.file_name
