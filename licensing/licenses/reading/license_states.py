"""Licenses as lists and pages show them: state, color and seats in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.licenses.models import Key, License
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import Status

WORDS: Final = {
    Status.ACTIVE: gettext_lazy("Active"),
    Status.EXPIRES_SOON: gettext_lazy("Expires soon"),
    Status.IN_GRACE: gettext_lazy("In grace"),
    Status.EXPIRED: gettext_lazy("Expired"),
    Status.SUSPENDED: gettext_lazy("Suspended"),
    Status.NOT_STARTED: gettext_lazy("Not started"),
}
MEANINGS: Final = {
    Status.ACTIVE: "good",
    Status.EXPIRES_SOON: "notice",
    Status.IN_GRACE: "notice",
    Status.EXPIRED: "bad",
    Status.SUSPENDED: "bad",
    Status.NOT_STARTED: "quiet",
}


@dataclass(frozen=True)
class LicenseRow:
    """One license as of `today`, with its primary key where a list shows it."""

    license: License
    today: date
    key: Key | None = None

    @property
    def status(self) -> Status:
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
