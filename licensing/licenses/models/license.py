from __future__ import annotations

import uuid
from datetime import date
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import BusinessAccount
from licensing.licenses.models.product import Product
from licensing.licenses.rules.entitlement import EXPIRES_SOON_WITHIN, GRACE_PERIOD, TRIAL_ENDS_SOON

MAX_REASON_LENGTH: Final = 500


def _ends_soon(on: date) -> models.Q:
    """A condition: the last day is nearer than entitlement.soon_within, or has passed."""
    trial = models.Q(kind="trial", ends_on__lt=on + TRIAL_ENDS_SOON)
    return trial | (~models.Q(kind="trial") & models.Q(ends_on__lt=on + EXPIRES_SOON_WITHIN))


def usable(on: date) -> models.Q:
    """A license is usable on the day `on` (UTC), including grace, which trials don't have."""
    runs = models.Q(ends_on=None) | models.Q(ends_on__gte=on)
    in_grace = models.Q(ends_on__gte=on - GRACE_PERIOD) & ~models.Q(kind="trial")
    return models.Q(starts_on__lte=on, suspended_at=None) & (runs | in_grace)


class LicenseQuerySet(models.QuerySet["License"]):
    """Filters that match entitlement.LicenseStatus in SQL; a test keeps both in step."""

    def usable(self, on: date) -> Self:
        """Licenses that are usable on the day `on`, as the function of this name says."""
        return self.filter(usable(on))

    def newest_of(self, account: BusinessAccount, most: int) -> list[Self]:
        """The newest `most` of an account for each product, product by product: of a million, no
        more are read, since each is one end of license_by_product."""
        mine = self.filter(account=account).order_by("-pk")
        return [mine.filter(product=product)[:most] for product in Product]

    def usable_by_instances(self, on: date) -> Self:
        """Usable licenses of the product that instances activate (SPEC A10)."""
        return self.usable(on).filter(product=Product.RAS)

    def trials_of(self, instance_id: uuid.UUID) -> Self:
        """Trials of one installation, of which an account can have two rows after a merge."""
        return self.filter(kind="trial", trial_of__instance_id=instance_id)

    def trials(self) -> Self:
        return self.filter(kind="trial")

    def not_started(self, on: date) -> Self:
        return self.filter(suspended_at=None, starts_on__gt=on)

    def active(self, on: date) -> Self:
        """Licenses with at least 60 days left; trials with at least 15."""
        return self.filter(suspended_at=None, starts_on__lte=on).filter(
            models.Q(ends_on=None) | models.Q(ends_on__gte=on) & ~_ends_soon(on)
        )

    def expires_soon(self, on: date) -> Self:
        started = self.filter(suspended_at=None, starts_on__lte=on, ends_on__gte=on)
        return started.filter(_ends_soon(on))

    def in_grace(self, on: date) -> Self:
        ended = self.filter(suspended_at=None, ends_on__lt=on, ends_on__gte=on - GRACE_PERIOD)
        return ended.exclude(kind="trial")

    def expired(self, on: date) -> Self:
        return self.filter(suspended_at=None).filter(
            models.Q(ends_on__lt=on - GRACE_PERIOD) | models.Q(ends_on__lt=on, kind="trial")
        )

    def suspended(self, on: date) -> Self:
        """Licenses that the vendor has suspended, whatever the day `on`."""
        return self.exclude(suspended_at=None)


class License(models.Model):
    """What a purchase or a trial grants: seats of one product for some time (SPEC 4.2).

    A seat is a concurrent user. Keys may reserve seats; under a key without a reservation, each
    instance takes one of the remaining seats. Both are counted here, so that the database itself
    refuses one too many and a list of licenses needs no aggregates.
    """

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", _("Subscription")
        PERMANENT = "permanent", _("Permanent license")
        TRIAL = "trial", _("Trial")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # None: bought online by someone who hasn't verified the address yet.
    account = models.ForeignKey(
        "accounts.BusinessAccount",
        null=True,
        on_delete=models.PROTECT,
        related_name="licenses",
        db_index=False,  # license_by_product starts with it
    )
    product = models.CharField(max_length=20, choices=Product)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100)
    seats = models.PositiveIntegerField()
    seats_reserved = models.PositiveIntegerField(default=0)  # by live keys
    seats_shared = models.PositiveIntegerField(
        default=0
    )  # by instances under keys without a reservation
    starts_on = models.DateField()
    # The last day, in UTC; None for permanent licenses.
    ends_on = models.DateField(null=True, blank=True)
    upgrade_insurance_until = models.DateField(null=True, blank=True)
    version_bought = models.CharField(max_length=20, blank=True)
    auto_renew = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(null=True, blank=True)
    # The vendor's words for the company. Both are set or neither, so there is no suspension without
    # a reason.
    suspension_reason = models.CharField(
        max_length=MAX_REASON_LENGTH,
        blank=True,
        default="",
        db_default="",  # so that a release without this column can still write licenses
    )
    # The instance that a trial is for: one trial per business account and instance.
    trial_of = models.ForeignKey(
        "licensing.Instance",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # Who started a trial; None: not a trial, or started before this was recorded.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()

    objects = LicenseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="license_has_seats"),
            models.CheckConstraint(
                condition=models.Q(
                    seats__gte=models.F("seats_reserved") + models.F("seats_shared")
                ),
                name="license_never_oversold",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="permanent", ends_on=None)
                | models.Q(
                    kind__in=["subscription", "trial"],
                    # A comparison with NULL isn't false, so the check would pass.
                    ends_on__isnull=False,
                    ends_on__gte=models.F("starts_on"),
                ),
                name="license_term_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="permanent")
                | models.Q(upgrade_insurance_until=None, version_bought=""),
                name="only_permanent_licenses_are_insured",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="trial", trial_of__isnull=False)
                | (~models.Q(kind="trial") & models.Q(trial_of=None)),
                name="trial_is_for_an_instance",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None, suspension_reason="")
                | (models.Q(suspended_at__isnull=False) & ~models.Q(suspension_reason="")),
                name="suspended_license_says_why",
            ),
            models.UniqueConstraint(
                fields=["account", "trial_of"],
                condition=models.Q(kind="trial"),
                name="one_trial_per_instance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["trial_of"],
                condition=models.Q(trial_of__isnull=False),
                name="license_by_trial",
            ),
            models.Index(
                fields=["started_by"],
                condition=models.Q(started_by__isnull=False),
                name="trial_by_person",
            ),
            # Read backward: by product, newest first.
            models.Index(fields=["account", "product", "id"], name="license_by_product"),
            models.Index(fields=["account", "ends_on"], name="license_by_end"),
            # For reminders, which look at the licenses of all accounts.
            models.Index(fields=["ends_on", "account"], name="license_by_day_of_end"),
            models.Index(
                fields=["account", "-suspended_at"],
                condition=models.Q(suspended_at__isnull=False),
                name="license_suspended",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        assert self.account is not None
        return reverse("license", kwargs={"slug": self.account.slug, "public_id": self.public_id})

    @property
    def suspended_because(self) -> str:
        """The vendor's reason as a sentence; "" when the license isn't suspended."""
        reason = self.suspension_reason
        return f"{reason}." if reason and reason[-1] not in ".!?…" else reason

    @property
    def seats_taken(self) -> int:
        """Seats that are reserved by keys or held by instances."""
        return self.seats_reserved + self.seats_shared

    @property
    def seats_left(self) -> int:
        return self.seats - self.seats_taken
