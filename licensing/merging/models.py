from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest, Least
from django.urls import reverse

from accounts.directory.models import BusinessAccount

UNDO_PERIOD: Final = timedelta(days=7)
# Neither answered nor taken back.
OPEN: Final = models.Q(merged_at=None, declined_at=None, withdrawn_at=None)
IN_EFFECT: Final = models.Q(merged_at__isnull=False, undone_at=None)


class MergeQuerySet(models.QuerySet["Merge"]):
    def open(self) -> Self:
        """Proposals that wait for an answer; none while one of the two is merged elsewhere."""
        return self.filter(OPEN, source__merged_into=None, target__merged_into=None)

    def in_effect(self) -> Self:
        """Carried out, and not undone."""
        return self.filter(IN_EFFECT)

    def undoable(self, now: datetime) -> Self:
        return self.in_effect().filter(merged_at__gt=now - UNDO_PERIOD)

    def about(self, account: BusinessAccount) -> Self:
        return self.filter(models.Q(source=account) | models.Q(target=account))

    def between(self, one: BusinessAccount, other: BusinessAccount) -> Self:
        return self.filter(models.Q(source=one, target=other) | models.Q(source=other, target=one))

    def with_people(self) -> Self:
        """Read both accounts and who acted along; not the manifest, which can be long."""
        people = self.select_related("source", "target", "proposed_by", "answered_by")
        return people.defer("manifest")


class Merge(models.Model):
    """Two business accounts of one company become one: proposed in one, agreed to in the other.

    All that `source` holds moves to `target`. What moved stands in the manifest, so that it can
    be undone for seven days.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="merges_away"
    )
    target = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="merges_here"
    )
    # Which of the two asked; the other one answers.
    asked_by_source = models.BooleanField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    # Taken back by the side that asked, or never meant: "that's another company".
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    merged_at = models.DateTimeField(null=True, blank=True)
    # Who agreed to it, declined it or took it back.
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    manifest: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="merge_of_two_accounts"
            ),
            models.UniqueConstraint(
                Least("source", "target"),
                Greatest("source", "target"),
                condition=OPEN,
                name="one_open_merge_per_pair",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=IN_EFFECT, name="account_is_merged_away_once"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(merged_at=None, declined_at=None)
                    | models.Q(merged_at=None, withdrawn_at=None)
                    | models.Q(declined_at=None, withdrawn_at=None)
                ),
                name="merge_answered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(OPEN, answered_by=None)
                | (~models.Q(OPEN) & models.Q(answered_by__isnull=False)),
                name="merge_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(
                    merged_at__isnull=False, undone_at__isnull=False, undone_by__isnull=False
                ),
                name="only_a_merge_is_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    def get_absolute_url(self) -> str:
        return reverse("merged", kwargs={"public_id": self.public_id})

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer, as in `MergeQuerySet.open`."""
        closed = self.source.merged_into_id or self.target.merged_into_id
        return not (closed or self.merged_at or self.declined_at or self.withdrawn_at)

    @property
    def asking(self) -> BusinessAccount:
        """The account in which it was proposed."""
        return self.source if self.asked_by_source else self.target

    @property
    def asked(self) -> BusinessAccount:
        """The account whose administrators answer."""
        return self.target if self.asked_by_source else self.source

    def other_than(self, account: BusinessAccount) -> BusinessAccount:
        """The one of the two that isn't `account`."""
        return self.target if self.source == account else self.source

    @property
    def undo_until(self) -> datetime | None:
        return self.merged_at and self.merged_at + UNDO_PERIOD

    def is_undoable(self, now: datetime) -> bool:
        """True while it stands, and its seven days run."""
        return self.undone_at is None and self.undo_until is not None and now < self.undo_until
