"""Licenses as lists and pages show them: state, color and seats in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.licenses.models import Key, License
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus

WORDS: Final = {
    LicenseStatus.ACTIVE: gettext_lazy("Active"),
    LicenseStatus.EXPIRES_SOON: gettext_lazy("Expires soon"),
    LicenseStatus.IN_GRACE: gettext_lazy("In grace"),
    LicenseStatus.EXPIRED: gettext_lazy("Expired"),
    LicenseStatus.SUSPENDED: gettext_lazy("Suspended"),
    LicenseStatus.NOT_STARTED: gettext_lazy("Not started"),
}
MEANINGS: Final = {
    LicenseStatus.ACTIVE: "good",
    LicenseStatus.EXPIRES_SOON: "notice",
    LicenseStatus.IN_GRACE: "notice",
    LicenseStatus.EXPIRED: "bad",
    LicenseStatus.SUSPENDED: "bad",
    LicenseStatus.NOT_STARTED: "quiet",
}


@dataclass(frozen=True)
class LicenseRow:
    """One license as of `today`, with its primary key where a list shows it."""

    license: License
    today: date
    key: Key | None = None

    @property
    def status(self) -> LicenseStatus:
        return entitlement.status(self.license, self.today)

    @property
    def word(self) -> Any:
        return WORDS[self.status]

    @property
    def meaning(self) -> str:
        return MEANINGS[self.status]

    @property
    def last_day(self) -> date | None:
        """The last day on which instances run, grace included."""
        return entitlement.last_day(self.license)

    @property
    def max_version(self) -> int | None:
        return entitlement.max_version(self.license)

    @property
    def is_insured(self) -> bool:
        until = self.license.upgrade_insurance_until
        return until is not None and self.today <= until

    @property
    def seats(self) -> str:
        """The label of the seat bar."""
        return _("%(taken)d of %(seats)d · %(left)d left") % {
            "taken": self.license.seats_taken,
            "seats": self.license.seats,
            "left": self.license.seats_left,
        }

    @property
    def seats_meaning(self) -> str:
        """The color meaning of the seat bar: quiet until no seat is left."""
        return "" if self.license.seats_left else "notice"
