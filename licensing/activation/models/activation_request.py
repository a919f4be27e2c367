from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from licensing.activation.rules.installation import Installation
from licensing.licenses.models import Activation
from licensing.protocol import tokens

VALID_FOR: Final = timedelta(minutes=30)
HAND_OVER_VALID_FOR: Final = timedelta(hours=24)
COLLECTION_WINDOW: Final = timedelta(minutes=5)  # after an approval, even just before expiry
POLL_INTERVAL_SECONDS: Final = 5


class ActivationRequestQuerySet(models.QuerySet["ActivationRequest"]):
    def waiting(self, now: datetime) -> Self:
        """Requests that a person can still answer."""
        return self.filter(status=Status.PENDING, expires_at__gt=now)

    def online(self) -> Self:
        """Requests that were made through the device flow."""
        return self.filter(channel=Activation.Channel.ONLINE)

    def move(self, to: Status, **facts: object) -> int:
        """Change the status of these rows to `to` where MOVES allows it; return how many changed.

        The guard is in the WHERE clause of one UPDATE, so a concurrent second call changes nothing.
        """
        allowed = [status for status, targets in MOVES.items() if to in targets]
        return self.filter(status__in=allowed).update(status=to, **facts)


class ActivationRequest(models.Model):
    """A request to activate an instance, through the device flow (RFC 8628) or a file."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        DENIED = "denied"
        REDEEMED = "redeemed"
        LAPSED = "lapsed"  # approved, but never collected
        WITHDRAWN = "withdrawn"  # approved, but a condition of the approval no longer holds

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(max_length=20, choices=Activation.Channel)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)

    # The digest of the code that the console polls with, and the code that the person types: eight
    # letters, no dash.
    device_code_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    user_code = models.CharField(max_length=8, unique=True, null=True, blank=True)
    interval = models.PositiveSmallIntegerField(default=POLL_INTERVAL_SECONDS)
    polled_at = models.DateTimeField(null=True, blank=True)
    # Of an uploaded file: uploading it again finds the same request.
    file_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)

    mode = models.CharField(max_length=20, choices=Activation.Mode)
    instance_id = models.UUIDField()
    instance_name = models.CharField(max_length=60)
    host = models.CharField(max_length=253, blank=True)
    version = models.CharField(max_length=20)
    from_version = models.CharField(max_length=20, blank=True)
    key_hint = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    # The first person who acted on it. Nobody else may, unless it is handed over.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The account whose administrators may also answer it, once the person asked them to.
    account = models.ForeignKey(
        "accounts.BusinessAccount",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="activation_requests",
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    disowned = models.BooleanField(default=False)  # "This isn't mine"
    redeemed_at = models.DateTimeField(null=True, blank=True)
    activation = models.OneToOneField(
        "licensing.Activation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="request",
    )
    # The license file for an uploaded request, byte for byte: the same request always gets it.
    document = models.TextField(blank=True)

    objects = ActivationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["approved", "redeemed", "lapsed", "withdrawn"],
                    activation__isnull=False,
                )
                | models.Q(status__in=["pending", "denied"], activation=None),
                name="approved_request_has_its_activation",
            ),
            models.CheckConstraint(
                condition=models.Q(status="pending", answered_at=None)
                | (~models.Q(status="pending") & models.Q(answered_at__isnull=False)),
                name="answered_request_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(status="redeemed", redeemed_at__isnull=False)
                | (~models.Q(status="redeemed") & models.Q(redeemed_at=None)),
                name="redeemed_request_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(device_code_digest__isnull=False, user_code__isnull=False)
                | models.Q(file_digest__isnull=False),
                name="request_came_by_code_or_file",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "status"], name="request_by_account"),
            models.Index(fields=["status", "expires_at"], name="request_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.instance_name

    def get_absolute_url(self) -> str:
        return reverse("activation_request", kwargs={"public_id": self.public_id})

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    @property
    def installation(self) -> Installation:
        """What the console said of itself."""
        return Installation(
            instance_id=self.instance_id,
            name=self.instance_name,
            host=self.host,
            version=self.version,
            mode=self.mode,
            from_version=self.from_version,
        )

    @staticmethod
    def facts_of(installation: Installation, now: datetime) -> dict[str, object]:
        """The columns that a console's and a file's request share."""
        return {
            "mode": installation.mode,
            "instance_id": installation.instance_id,
            "instance_name": installation.name,
            "host": installation.host,
            "version": installation.version,
            "from_version": installation.from_version,
            "created_at": now,
            "expires_at": now + VALID_FOR,
        }

    @property
    def display_code(self) -> str:
        """The text that the person compares with the console: its code, or the file's checksum."""
        return tokens.dashed(self.user_code or tokens.checksum(self.file_digest or ""))


Status = ActivationRequest.Status
# The allowed status changes; docs/states.md is generated from this table.
MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.DENIED}),
    Status.APPROVED: frozenset({Status.REDEEMED, Status.LAPSED, Status.WITHDRAWN}),
    Status.DENIED: frozenset(),
    Status.REDEEMED: frozenset(),
    Status.LAPSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}
