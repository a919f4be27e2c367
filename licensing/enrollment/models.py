from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from accounts.directory.models import Membership
from licensing.permissions import LicensingPermission


class EnrollmentTokenQuerySet(models.QuerySet["EnrollmentToken"]):
    def open(self, now: datetime) -> Self:
        """Neither revoked nor expired: what it activated before may come again."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def with_standing(self) -> Self:
        """Each with `maker_may`: whether its maker still manages the account's licenses."""
        may = Membership.objects.with_permission(LicensingPermission.LICENSES_MANAGE)
        mine = may.filter(account=models.OuterRef("account"), user=models.OuterRef("created_by"))
        return self.annotate(maker_may=models.Exists(mine))

    def usable(self, now: datetime) -> Self:
        """Open, with a use left."""
        return self.open(now).filter(uses__lt=models.F("uses_allowed"))


class EnrollmentToken(models.Model):
    """Lets machines activate instances under one key, a number of times, until a moment."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="enrollment_tokens"
    )
    key = models.ForeignKey(
        "licensing.Key", on_delete=models.PROTECT, related_name="enrollment_tokens"
    )
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    uses = models.PositiveIntegerField(default=0)
    uses_allowed = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses_allowed__gte=1)
                & models.Q(uses_allowed__gte=models.F("uses")),
                name="token_never_overused",
            )
        ]

    def __str__(self) -> str:
        return self.name
