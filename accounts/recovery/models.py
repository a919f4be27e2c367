from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity import tokens

WAIT: Final = timedelta(hours=24)
TIME_TO_APPROVE: Final = timedelta(days=7)
OPEN: Final = Q(stopped_at=None, completed_at=None)


class SecondStepRecoveryQuerySet(models.QuerySet["SecondStepRecovery"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def due(self, now: datetime) -> Self:
        """Nobody stopped it while there was time."""
        return self.open().filter(due_at__lte=now)

    def never_approved(self, now: datetime) -> Self:
        """No second person of staff came to it in 7 days."""
        return self.open().filter(due_at=None, started_at__lte=now - TIME_TO_APPROVE)

    def unsettled(self) -> Self:
        """Completed, and its person hasn't yet signed in again as SPEC 4.1 asks."""
        return self.filter(completed_at__isnull=False, settled_at=None)


class SecondStepRecovery(models.Model):
    """The way back for a person who lost their second step (SPEC 4.1).

    An administrator starts it, or the vendor's staff: then a second person of staff approves. All
    concerned are told and can stop it; 24 hours later the second step is removed. It is settled
    when the person has proven the mailbox at sign-in, or has set up a new second step.
    """

    class StoppedBecause(models.TextChoices):
        SOMEBODY = "somebody", _("Someone who was notified stopped it.")
        USED = "used", _("The second step was used to sign in.")
        NO_RIGHT = "no_right", _("Whoever started it may no longer do that.")
        NOT_APPROVED = "not_approved", _("Nobody approved it within 7 days.")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recoveries"
    )
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    by_vendor = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # None: a signed-out person with the mailed link, or the portal itself.
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stopped_because = models.CharField(max_length=20, choices=StoppedBecause, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SecondStepRecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "second step recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=OPEN, name="one_open_recovery_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("started_by")), name="recovery_not_started_for_oneself"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("started_by")) & ~Q(approved_by=F("user"))),
                name="recovery_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(by_vendor=False, due_at__isnull=False, approved_at=None)
                | Q(by_vendor=True, due_at=None, approved_at=None, approved_by=None)
                | Q(
                    by_vendor=True,
                    due_at__isnull=False,
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                ),
                name="recovery_of_vendor_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(completed_at=None), name="recovery_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None)
                | Q(due_at__isnull=False, completed_at__gte=F("due_at")),
                name="recovery_completed_when_due",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(completed_at__isnull=False),
                name="recovery_settled_after_completion",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=OPEN, name="open_recovery_by_due_at"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.completed_at is None

    @property
    def token(self) -> str:
        return tokens.recovery_token(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("recovery", kwargs={"token": self.token})
