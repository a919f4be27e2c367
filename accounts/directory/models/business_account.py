from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.utils.text import slugify

_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


class BusinessAccountQuerySet(models.QuerySet["BusinessAccount"]):
    def joinable_at(self, domain: str) -> Self:
        """Accounts that people at `domain` may ask to join: an active administrator has a proven
        address at exactly this domain, and the account hasn't opted out (SPEC 2.2)."""
        from accounts.permissions import Role

        return self.filter(
            joinable_by_domain=True,
            memberships__role=Role.ADMINISTRATOR,
            memberships__blocked_at=None,
            memberships__user__is_active=True,
            memberships__email_domain=domain,
            memberships__user__emailaddress__verified=True,
            memberships__user__emailaddress__primary=True,
        ).distinct()

    def account_merged_into(self, account: BusinessAccount) -> list[BusinessAccount]:
        """Those of which all stands in `account` now, also by way of others; by name."""
        found: list[BusinessAccount] = []
        nearest = [account]
        while nearest := list(self.filter(merged_into__in=nearest)):
            found += nearest
        return sorted(found, key=lambda each: (each.name, each.pk))


class BusinessAccount(models.Model):
    """The tenant: one company or organization."""

    class Origin(models.TextChoices):
        SIGN_UP = "sign_up"
        PURCHASE = "purchase"

    slug = models.SlugField(max_length=60, db_index=False)  # the constraint has its index
    name = models.CharField(max_length=100)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.SIGN_UP)
    require_two_step = models.BooleanField(default=False)
    joinable_by_domain = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # The last week (its Monday) whose digest is done.
    digested_on = models.DateField(null=True, blank=True)
    # Set while all that it held belongs to another account of the same company: it is closed.
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_here",
        db_index=False,
    )

    objects = BusinessAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="one_account_per_slug"),
            models.CheckConstraint(condition=~models.Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="account_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="account_merged_away",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vendors(self) -> bool:
        """True when the vendor opened it, not the people in it."""
        return self.origin == self.Origin.PURCHASE

    def holder(self) -> BusinessAccount:
        """The account that has what was this one's: itself unless it was merged away."""
        account = self
        while account.merged_into is not None:
            account = account.merged_into
        return account

    @staticmethod
    def new_slug(name: str) -> str:
        """An address for the account: readable, and not to be guessed from the name."""
        # One random number for all of it: an import opens a hundred thousand accounts.
        number = secrets.randbelow(len(_ALPHABET) ** 5)
        tail = ""
        for _place in range(5):
            number, letter = divmod(number, len(_ALPHABET))
            tail += _ALPHABET[letter]
        return f"{slugify(name)[:50].strip('-') or 'account'}-{tail}"
