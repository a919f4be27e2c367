from __future__ import annotations

from django.db import models


class DeferredTask(models.Model):
    """What a page leaves to a worker, so that its answer takes as long whatever comes of it."""

    class Kind(models.TextChoices):
        ASK = "ask"
        TELL_OWNER = "tell_owner"

    kind = models.CharField(max_length=20, choices=Kind)
    facts = models.JSONField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        db_table = "accounts_errand"  # its name before this release; nothing moves

    def __str__(self) -> str:
        return self.kind
