from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.identity import tokens
from accounts.permissions import Role, may_grant

VALID_FOR: Final = timedelta(days=14)
# Neither accepted, declined nor revoked; it may have expired (SPEC 4.1).
OPEN: Final = models.Q(accepted_at=None, declined_at=None, revoked_at=None)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def mail_due(self, now: datetime) -> Self:
        """The vendor's invitations whose first mail still has to be written."""
        return self.filter(mail_due_at__lte=now)

    def by_vendor(self, at: datetime) -> Self:
        """The vendor's invitations of this very moment: of one import."""
        return self.filter(invited_by=None, created_at=at)

    def tally(self) -> dict[str, int]:
        """How many mails went out, how many of them came back, and how many led somebody in."""
        came_back = models.Q(mail__status="failed") | models.Q(mail__bounced_at__isnull=False)
        return self.aggregate(
            sent=models.Count("pk", filter=models.Q(mail__status="sent")),
            came_back=models.Count("pk", filter=came_back),
            accepted=models.Count("pk", filter=models.Q(accepted_at__isnull=False)),
        )

    def pending(self, now: datetime) -> Self:
        """Open and in time: what a person could accept."""
        return self.open().filter(expires_at__gt=now)


class Invitation(models.Model):
    """A place in a business account, kept for one email address for 14 days."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    email_display = models.CharField(max_length=254)
    role = models.CharField(max_length=20, choices=Role)
    # None: the vendor invited.
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When the mail before its end went out; sending it again starts anew.
    reminded_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Set while its first mail still has to be written: the vendor invites by the thousand.
    mail_due_at = models.DateTimeField(null=True, blank=True)
    # The latest mail, whose outcome the list of invitations shows.
    mail = models.ForeignKey(
        "accounts.OutboxMail",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=OPEN,
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(accepted_at=None, declined_at=None)
                    | models.Q(accepted_at=None, revoked_at=None)
                    | models.Q(declined_at=None, revoked_at=None)
                ),
                name="invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
        ]
        # Partial ones for foreign keys that an import leaves empty: it writes each index.
        indexes = [
            models.Index(fields=["email"], name="invitation_by_email"),
            *(
                models.Index(
                    fields=[field],
                    condition=models.Q((f"{field}__isnull", False)),
                    name=f"invitation_by_{name}",
                )
                for field, name in (
                    ("invited_by", "inviter"),
                    ("accepted_by", "accepter"),
                    ("mail", "mail"),
                )
            ),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mail_due_at__isnull=False),
                name="invitation_mail_due",
            ),
        ]

    def __str__(self) -> str:
        return self.email_display

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.declined_at is None and self.revoked_at is None

    def restart_validity(self, now: datetime) -> None:
        """Let its 14 days, and the reminder in them, begin `now`; without saving it."""
        self.sent_at, self.expires_at, self.reminded_at = now, now + VALID_FOR, None

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    def inviter_may_grant(self, inviter_role: str | None) -> bool:
        """True while who invited may grant what it promises; the vendor always may (SPEC 4.1).

        `inviter_role` is their role in the account now, None when they aren't active in it.
        """
        if self.invited_by_id is None:
            return True
        return inviter_role is not None and may_grant(inviter_role, self.role)

    @property
    def token(self) -> str:
        return tokens.invitation_token(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("invitation", kwargs={"token": self.token})
