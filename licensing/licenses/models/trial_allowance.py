from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from licensing.licenses.models.license import MAX_REASON_LENGTH


class TrialAllowance(models.Model):
    """More trials than usual for one business account, allowed by the vendor's staff."""

    account = models.OneToOneField(
        "accounts.BusinessAccount", on_delete=models.CASCADE, related_name="trial_allowance"
    )
    at_once = models.PositiveSmallIntegerField()
    a_year = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=MAX_REASON_LENGTH)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    allowed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(at_once__gte=1, a_year__gte=models.F("at_once")),
                name="trial_allowance_adds_up",
            )
        ]

    def __str__(self) -> str:
        return _("Trials of %(account)s") % {"account": self.account}
