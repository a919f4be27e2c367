from __future__ import annotations

from django.conf import settings
from django.db import models


class KeyAttempt(models.Model):
    """An attempt to register a key here that another business account holds.

    One row for each account and key; the holder is found through the key.
    """

    account = models.ForeignKey(
        "accounts.BusinessAccount",
        on_delete=models.CASCADE,
        related_name="key_attempts",
        db_index=False,  # one_attempt_per_account_and_key begins with it
    )
    key = models.ForeignKey("licensing.Key", on_delete=models.CASCADE, related_name="attempts")
    tried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    tried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="one_attempt_per_account_and_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.key}"
