from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def waiting(self) -> Self:
        return self.filter(approved_at=None, declined_at=None)


class JoinRequest(models.Model):
    """A person with a proven mailbox asks to be invited (SPEC A13)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="join_requests"
    )
    email = models.EmailField()
    email_display = models.CharField(max_length=254)
    name = models.CharField(max_length=100)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(approved_at=None, declined_at=None),
                name="one_waiting_request_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None) | models.Q(declined_at=None),
                name="request_answered_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email_display
