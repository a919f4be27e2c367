from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.audit import registry


class AuditEvent(models.Model):
    """One line of an account's history. Written with what it tells, never changed."""

    account = models.ForeignKey(
        "accounts.BusinessAccount",
        on_delete=models.CASCADE,
        related_name="events",
        db_index=False,  # audit_by_account begins with it
    )
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    # Names as they were at that moment: rows must stay readable when their objects are gone.
    actor_name = models.CharField(max_length=254)
    subject = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)
    reference = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="audit_by_account"),
            models.Index(
                fields=["actor"], condition=models.Q(actor__isnull=False), name="audit_by_actor"
            ),
            models.Index(
                fields=["reference"], condition=~models.Q(reference=""), name="audit_by_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}".strip()

    @property
    def label(self) -> str:
        """The event in words; its name where a newer release knows more events than this one."""
        return str(registry.LABELS.get(self.event, self.event))
