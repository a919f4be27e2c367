from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models.functions import StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from licensing.licenses.models import License, Product
from licensing.purchases.rules import purchase_accounts


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def unclaimed(self) -> Self:
        """Purchases whose license belongs to no business account yet."""
        return self.filter(license__account=None)

    def under_domain(self, domain: str) -> Self:
        """Purchases whose primary email is at exactly this domain."""
        return self.alias(domain=_domain()).filter(domain=domain)


def _domain() -> models.Func:
    """The domain of the primary email; the same expression as that of the index."""
    return Substr("primary_email", StrIndex("primary_email", models.Value("@")) + 1)


class Purchase(models.Model):
    """What the vendor sold, as it was at that moment: a snapshot that never changes (SPEC 1)."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("Online")
        SALES = "sales", _("Sales")
        RESELLER = "reseller", _("Reseller")

    license = models.OneToOneField(
        "licensing.License", primary_key=True, on_delete=models.PROTECT, related_name="purchase"
    )
    order_number = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, choices=Channel)
    company = models.CharField(max_length=100)
    company_key = models.CharField(
        max_length=300
    )  # by which companies are the same: purchase_accounts.py
    # Canonical, and as the vendor wrote it. Staff may correct a mistyped one, with audit.
    primary_email = models.EmailField()
    primary_email_display = models.CharField(max_length=254)
    product = models.CharField(max_length=20, choices=Product)
    kind = models.CharField(max_length=20, choices=License.Kind)
    seats = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    upgrade_insurance_until = models.DateField(null=True, blank=True)
    version = models.CharField(max_length=20, blank=True)
    # Of its content: the same order with other content is an error, not a change.
    content_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_number"], name="one_purchase_per_order"),
            models.CheckConstraint(
                condition=models.Q(channel__in=["online", "sales", "reseller"]),
                name="known_channel",
            ),
            models.CheckConstraint(condition=~models.Q(order_number=""), name="order_has_a_number"),
        ]
        indexes = [
            models.Index(fields=["primary_email", "license"], name="purchase_by_buyer"),
            models.Index(_domain(), name="purchase_by_domain"),
        ]

    def __str__(self) -> str:
        return self.order_number

    def opens_account(self, on: date) -> bool:
        """True when this purchase opens a business account by itself (SPEC A12)."""
        return purchase_accounts.opens_account(
            product=self.product,
            channel=self.channel,
            kind=self.kind,
            version=self.version,
            upgrade_insurance_until=self.upgrade_insurance_until,
            on=on,
        )
