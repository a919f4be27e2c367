from __future__ import annotations

from django.db import models


class Buyer(models.Model):
    """A company as its purchases name it, and the business account that they belong to.

    Purchases with the same primary email and company name join the same account (SPEC A12,
    licensing/purchases/rules/purchase_accounts.py). A company without a row has no account yet.
    """

    primary_email = models.EmailField()
    company_key = models.CharField(max_length=300)  # casefolding lengthens
    account = models.ForeignKey(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="buyers"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["primary_email", "company_key"], name="one_account_per_buyer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_key} <{self.primary_email}>"
