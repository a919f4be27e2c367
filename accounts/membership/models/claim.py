from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity import tokens

OBJECTION_PERIOD: Final = timedelta(days=14)
# Neither objected to, withdrawn nor decided.
OPEN: Final = models.Q(objected_at=None, withdrawn_at=None, decided_at=None)


class ClaimState(models.TextChoices):
    WAITING = "waiting", _("Open to objections")
    READY = "ready", _("Waiting for a decision")
    OBJECTED = "objected", _("Objected to")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


class ClaimQuerySet(models.QuerySet["Claim"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def ready(self, now: datetime) -> Self:
        """Open, and nobody objected in time: staff may decide."""
        return self.open().filter(object_until__lte=now)


class Claim(models.Model):
    """A person asks to become administrator, because the only one is gone.

    Every administrator and whoever the vendor knows as a buyer are told, and have 14 days to
    object; then the vendor's staff decides.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="claims"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims"
    )
    reason = models.CharField(max_length=1000)
    created_at = models.DateTimeField()
    object_until = models.DateTimeField()
    objected_at = models.DateTimeField(null=True, blank=True)
    # None: a signed-out person who opened the link mailed to the primary email.
    objected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    granted = models.BooleanField(default=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=OPEN, name="one_open_claim_per_account"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(objected_at=None, withdrawn_at=None)
                    | models.Q(objected_at=None, decided_at=None)
                    | models.Q(withdrawn_at=None, decided_at=None)
                ),
                name="claim_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None, granted=False)
                | models.Q(decided_at__gte=models.F("object_until"), decided_by__isnull=False)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False, granted=False),
                name="claim_granted_after_the_time_to_object",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def state(self, now: datetime) -> ClaimState:
        """What became of the claim."""
        if self.objected_at:
            return ClaimState.OBJECTED
        if self.withdrawn_at:
            return ClaimState.WITHDRAWN
        if self.decided_at:
            return ClaimState.GRANTED if self.granted else ClaimState.DECLINED
        return ClaimState.WAITING if now < self.object_until else ClaimState.READY

    @property
    def token(self) -> str:
        return tokens.claim_token(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("claim", kwargs={"token": self.token})
