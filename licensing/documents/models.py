from __future__ import annotations

from django.db import models


class WithdrawnKey(models.Model):
    """A key that signed licenses and isn't trusted any more, by its `kid`.

    It stands here and not in the key set: every process sees it at once, also where the keys come
    from the environment.
    """

    kid = models.CharField(max_length=100, unique=True)
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kid
