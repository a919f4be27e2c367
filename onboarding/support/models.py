from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models

KEPT_FOR: Final = timedelta(days=180)  # of strangers, whose address nobody has proven


class SupportMessageQuerySet(models.QuerySet["SupportMessage"]):
    def of_unproven_addresses(self) -> Self:
        return self.filter(user=None, email_proven=False)

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class SupportMessage(models.Model):
    """What a person wrote to support, with the facts that support needs and no secrets."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made of the form and what was said in it: a double click is one message.
    form_token = models.UUIDField(unique=True)
    reference = models.CharField(max_length=20)
    email = models.EmailField()
    email_proven = models.BooleanField()
    subject = models.CharField(max_length=200)
    message = models.TextField()
    context = models.JSONField(default=dict)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SupportMessageQuerySet.as_manager()

    class Meta:
        db_table = "accounts_supportmessage"  # its name before this release; nothing moves
        indexes = [
            models.Index(fields=["reference"], name="support_by_reference"),
            models.Index(fields=["email", "-created_at"], name="support_by_email"),
        ]

    def __str__(self) -> str:
        return self.subject
