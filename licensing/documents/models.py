from __future__ import annotations

from django.db import models


class WithdrawnKey(models.Model):
    """A signing key that is no longer trusted, by its `kid`.

    Kept in the database and not in the key set, so that every process sees it at once, even when
    the keys come from the environment.
    """

    kid = models.CharField(max_length=100, unique=True)
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kid
