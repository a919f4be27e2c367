from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse

from licensing.licenses.models.activation import Activation

SILENT_AFTER: Final = timedelta(days=14)
# Shorter, so that whoever reports daily isn't found among the silent ones and then left out.
SEEN_AROUND_EVERY: Final = timedelta(days=10)


class InstanceQuerySet(models.QuerySet["Instance"]):
    def licensed(self) -> Self:
        """Instances with a live activation."""
        return self.filter(self._live())

    def unlicensed(self) -> Self:
        return self.exclude(self._live())

    def running_under(self, **facts: object) -> Self:
        """Instances whose live activation matches these conditions, such as a key or a channel."""
        return self.filter(self._live(**facts))

    def silent(self, now: datetime) -> Self:
        """Instances that nothing was heard of for 14 days; the first condition has the index."""
        since = now - SILENT_AFTER
        return self.filter(seen_around__lt=since, heartbeat__last_seen_at__lt=since)

    def with_live(self) -> Self:
        """With their heartbeats, and the live activation with its key and license as `live`, in one
        more query."""
        live = Activation.objects.live().select_related("key__license")
        rows = self.select_related("heartbeat").defer("document")
        return rows.prefetch_related(models.Prefetch("activations", live, to_attr="live"))

    @staticmethod
    def _live(**facts: object) -> models.Exists:
        live = Activation.objects.live().filter(instance=models.OuterRef("pk"), **facts)
        return models.Exists(live)


class Instance(models.Model):
    """One installed RAS farm, as one business account sees it (SPEC 1).

    Its id is generated at installation. Another account that activates the same installation later
    gets its own row: history never moves between companies.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "accounts.BusinessAccount",
        on_delete=models.PROTECT,
        related_name="instances",
        db_index=False,  # instance_by_age begins with it
    )
    instance_id = models.UUIDField()
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)
    host = models.CharField(max_length=253, blank=True)
    version = models.CharField(max_length=20)
    first_seen_at = models.DateTimeField()
    # When it was last seen, or up to ten days earlier: check-ins seldom move it, since it is
    # indexed. Its heartbeat knows exactly.
    seen_around = models.DateTimeField(db_column="last_seen_at")
    lost_at = models.DateTimeField(null=True, blank=True)

    token_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # The latest document that says anything new; those since then differ in number and dates only
    # (licensing/activation/actions/issuing.py).
    document = models.TextField(blank=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "instance_id"], name="one_instance_per_account"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="instance_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["instance_id"], name="instance_by_id"),
            models.Index(fields=["account", "-seen_around"], name="instance_by_last_seen"),
            models.Index("account", Lower("name"), "id", name="instance_by_name"),
            models.Index(
                "account",
                Lower("name"),
                "id",
                condition=models.Q(lost_at__isnull=False),
                name="lost_instance_by_name",
            ),
            models.Index(fields=["account", "first_seen_at"], name="instance_by_age"),
            models.Index(Upper("host"), name="instance_by_host"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("instance", kwargs={"slug": self.account.slug, "public_id": self.public_id})

    def is_silent(self, now: datetime) -> bool:
        """True when it hasn't checked in for 14 days; nothing is deleted because of that
        (SPEC 4.2)."""
        return self.heartbeat.last_seen_at < now - SILENT_AFTER
