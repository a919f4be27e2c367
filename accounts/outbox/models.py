from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

UNDELIVERABLE: Final = models.Q(status="failed") | models.Q(bounced_at__isnull=False)


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    def waiting(self, now: datetime) -> Self:
        """Queued mails that are due and still in time."""
        return self.filter(
            status=OutboxMail.Status.QUEUED, next_attempt_at__lte=now, expires_at__gt=now
        )

    def abandoned(self, now: datetime) -> Self:
        """Mails whose worker died: its lease has run out."""
        return self.filter(status=OutboxMail.Status.SENDING, lease_until__lte=now)

    def overdue(self, now: datetime) -> Self:
        """Queued mails that nobody needs any more."""
        return self.filter(status=OutboxMail.Status.QUEUED, expires_at__lte=now)

    def came_back(self) -> Self:
        """Mails that a server refused for good, or took and returned."""
        return self.filter(UNDELIVERABLE)

    def move(self, to: OutboxMail.Status, **fields: object) -> int:
        """Move those that may move to `to` (MOVES); return how many did.

        The only place that writes a status. Where a mail ends, its body is wiped in the same
        UPDATE; where no worker holds it any more, its lease is gone.
        """
        allowed = [source for source, targets in MOVES.items() if to in targets]
        if not MOVES[to]:
            fields |= {"text": "", "html": ""}
        if to != OutboxMail.Status.SENDING:
            fields |= {"lease": None, "lease_until": None}
        return self.filter(status__in=allowed).update(status=to, **fields)


class OutboxMail(models.Model):
    """One mail to one address, stored in the transaction that caused it (SPEC 4.4)."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Couldn't be sent")
        EXPIRED = "expired", _("Too late to send")
        CANCELLED = "cancelled", _("Cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    # Wiped once the mail has ended: bodies carry codes and links.
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    reply_to = models.EmailField(blank=True)
    account = models.ForeignKey(
        "accounts.BusinessAccount",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,  # outbox_by_account begins with it
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Facts that the provider reports later, in any order.
    delivered_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        indexes = [
            # In order of `expires_at`: a code must not wait behind a thousand invitations.
            models.Index(
                fields=["expires_at", "next_attempt_at"],
                condition=models.Q(status="queued"),
                name="outbox_waiting",
            ),
            models.Index(
                fields=["lease_until"], condition=models.Q(status="sending"), name="outbox_leased"
            ),
            models.Index(fields=["message_id"], name="outbox_by_message"),
            models.Index(fields=["-created_at"], condition=UNDELIVERABLE, name="outbox_came_back"),
            # Invitations are counted here, a day back.
            models.Index(fields=["to", "-created_at"], name="outbox_by_recipient"),
            models.Index(fields=["account", "-created_at"], name="outbox_by_account"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sending") | models.Q(lease_until__isnull=False),
                name="sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "sending"]) | models.Q(text="", html=""),
                name="ended_mail_has_no_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def outcome(self) -> str:
        """What became of the mail: a Status, "delivered" or "bounced". A late bounce wins."""
        if self.bounced_at:
            return "bounced"
        if self.delivered_at:
            return "delivered"
        return self.status


Status = OutboxMail.Status
# From where to where a mail may move; docs/states.md is drawn from this table.
MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.QUEUED: frozenset({Status.SENDING, Status.EXPIRED, Status.CANCELLED}),
    Status.SENDING: frozenset(
        # To itself: another worker takes over when the lease of the first has run out.
        {Status.SENDING, Status.SENT, Status.QUEUED, Status.FAILED, Status.EXPIRED}
    ),
    Status.SENT: frozenset(),
    Status.FAILED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
}
