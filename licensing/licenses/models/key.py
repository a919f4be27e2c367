from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Right

from accounts.directory.models import BusinessAccount


class KeyQuerySet(models.QuerySet["Key"]):
    def live(self) -> Self:
        return self.filter(revoked_at=None)

    def of_account(self, account: BusinessAccount) -> Self:
        """The account's keys, each with its license."""
        return self.filter(license__account=account).select_related("license")

    def for_installation(self, instance_id: uuid.UUID) -> Self:
        """Exclude trial keys of other installations."""
        own_trial = models.Q(license__trial_of__instance_id=instance_id)
        return self.filter(models.Q(license__trial_of=None) | own_trial)

    def with_room(self) -> Self:
        """Keys with room for one more instance, like `Key.has_room`."""
        taken = models.F("license__seats_reserved") + models.F("license__seats_shared")
        shared = models.Q(reserved=None, license__seats__gt=taken)
        return self.filter(shared | models.Q(reserved__gt=models.F("instances_live")))

    def matching(self, words: str) -> Self:
        """Keys that match a part of their name or their license's, or their last five
        characters."""
        named = models.Q(name__icontains=words) | models.Q(license__name__icontains=words)
        ending = Key.objects.ending_in(words).values("pk")  # a subquery, so that its index is used
        return self.filter(named | models.Q(pk__in=ending))

    def ending_in(self, words: str) -> Self:
        """Keys whose last five characters are `words`, in any spelling; else none."""
        last_five = words.lstrip("…").upper()
        if len(last_five) != 5:
            return self.none()
        return self.alias(last_five=Right("code", 5)).filter(last_five=last_five)


class Key(models.Model):
    """What an instance is activated with. A license has one primary key and any number of
    others."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    license = models.ForeignKey(
        "licensing.License",
        on_delete=models.PROTECT,
        related_name="keys",
        db_index=False,  # key_by_license begins with it
    )
    # Canonical (rules/key_codes.py). A legacy key keeps the form in which it was sold.
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    is_primary = models.BooleanField(default=False)
    # None: no reservation; its instances share the license's remaining seats.
    reserved = models.PositiveIntegerField(null=True, blank=True)
    instances_live = models.PositiveIntegerField(default=0)
    # Since when its instances report more users than seats: the clock of all of them (SPEC 4.2).
    over_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_key_per_code"),
            models.UniqueConstraint(
                fields=["license"],
                condition=models.Q(is_primary=True, revoked_at=None),
                name="one_primary_key_per_license",
            ),
            models.CheckConstraint(
                condition=models.Q(reserved=None)
                | (models.Q(reserved__gte=1) & models.Q(reserved__gte=models.F("instances_live"))),
                name="key_never_oversold",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None) | models.Q(instances_live=0),
                name="revoked_key_runs_nothing",
            ),
        ]
        # Each index costs a tenth of an import's time, so those of foreign keys are partial.
        indexes = [
            models.Index(Right("code", 5), name="key_by_last_five"),
            models.Index(fields=["license", "-is_primary", "id"], name="key_by_license"),
            models.Index(
                fields=["created_by"],
                condition=models.Q(created_by__isnull=False),
                name="key_by_maker",
            ),
            models.Index(
                fields=["license"],
                condition=models.Q(over_since__isnull=False),
                name="key_over_its_seats",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_five})"

    @property
    def last_five(self) -> str:
        """The part of a key that lists show (SPEC 4.2)."""
        return self.code[-5:]

    @property
    def seats(self) -> int:
        """Concurrent users that all instances under this key may serve together."""
        if self.reserved is not None:
            return self.reserved
        return self.license.seats - self.license.seats_reserved

    @property
    def instances_left(self) -> int:
        """How many more instances fit under it."""
        if self.reserved is not None:
            return self.reserved - self.instances_live
        return self.license.seats_left

    @property
    def has_room(self) -> bool:
        return self.instances_left > 0
