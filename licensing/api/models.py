from __future__ import annotations

from django.db import models


class IdempotentAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, kept for 24 hours."""

    # Digests of the token with the key, and of the request's body.
    key_digest = models.CharField(max_length=64, primary_key=True)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key_digest
