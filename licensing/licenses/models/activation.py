from __future__ import annotations

import uuid
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivationQuerySet(models.QuerySet["Activation"]):
    def live(self) -> Self:
        return self.filter(deactivated_at=None)

    def collected(self) -> Self:
        """Activations whose console has collected its document."""
        return self.filter(collected_at__isnull=False)

    def reporting(self) -> Self:
        """Activations whose instances check in every day; offline instances never do."""
        return self.filter(channel__in=REPORTING_CHANNELS)

    def with_all(self) -> Self:
        """Fetch instance, heartbeat, account, key and license in the same query."""
        return self.select_related("instance__account", "instance__heartbeat", "key__license")


class Activation(models.Model):
    """One instance running under one key for some time."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("Online")
        OFFLINE = "offline", _("Offline, by file")
        UNATTENDED = "unattended", _("Unattended, by enrollment token")

    class Mode(models.TextChoices):
        ACTIVATE = "activate", _("Activation")
        UPGRADE = "upgrade", _("Upgrade")

    class Ending(models.TextChoices):
        CONSOLE = "console", _("Deactivated from the console")
        PORTAL = "portal", _("Deactivated in the portal")
        FILE = "file", _("Deactivated by file")
        AGAIN = "again", _("Activated again")
        MOVED = "moved", _("Moved to another key")
        REPLACED = "replaced", _("Replaced by another instance")
        LOST = "lost", _("Declared lost")
        NOT_COLLECTED = "not_collected", _("Approved, but never picked up by the console")
        WITHDRAWN = "withdrawn", _("Approval withdrawn before the console picked it up")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    instance = models.ForeignKey(
        "licensing.Instance", on_delete=models.PROTECT, related_name="activations"
    )
    # A copy of the installation's id: it can be active in only one business account at a time.
    installation = models.UUIDField()
    key = models.ForeignKey(
        "licensing.Key",
        on_delete=models.PROTECT,
        related_name="activations",
        db_index=False,  # activation_by_key begins with it
    )
    channel = models.CharField(max_length=20, choices=Channel)
    mode = models.CharField(max_length=20, choices=Mode)
    version = models.CharField(max_length=20)
    from_version = models.CharField(max_length=20, blank=True)
    # None: activated with an enrollment token.
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    activated_at = models.DateTimeField()
    # When the console got its token and document; an approval that isn't collected lapses.
    collected_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance"],
                condition=models.Q(deactivated_at=None),
                name="one_live_activation_per_instance",
            ),
            models.UniqueConstraint(
                fields=["installation"],
                condition=models.Q(deactivated_at=None),
                name="one_live_activation_per_installation",
            ),
            models.CheckConstraint(
                condition=models.Q(deactivated_at=None, ending="")
                | (models.Q(deactivated_at__isnull=False) & ~models.Q(ending="")),
                name="ended_activation_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["key", "-id"], name="activation_by_key"),
            models.Index(
                fields=["key", "-id"],
                condition=models.Q(deactivated_at=None),
                name="live_activation_by_key",
            ),
            models.Index(
                fields=["instance"],
                condition=models.Q(channel="offline", deactivated_at=None),
                name="live_activation_by_file",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


# An instance that is licensed by file never checks in.
REPORTING_CHANNELS: Final = (Activation.Channel.ONLINE, Activation.Channel.UNATTENDED)
