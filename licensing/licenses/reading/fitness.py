"""Checks whether a key can license a version."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from licensing.licenses.errors import LicenseNotUsable, VersionNotCovered
from licensing.licenses.models import Key, License, Product
from licensing.licenses.rules import entitlement
from licensing.protocol.date_text import in_words


def refuse_unfit(key: Key, *, version: str, now: datetime) -> None:
    """Raise LicenseNotUsable or VersionNotCovered when `key` can't license `version` now."""
    license = key.license
    refuse_stopped(license, now=now)
    if license.product != Product.RAS:
        raise LicenseNotUsable
    if not entitlement.covers(license, version, now.date()):
        insured = license.upgrade_insurance_until
        if insured is None:
            raise VersionNotCovered(
                _(
                    "%(license)s covers versions up to %(highest)s and has no upgrade insurance. "
                    "Choose another key or a trial."
                )
                % {"license": license, "highest": entitlement.max_version(license)}
            )
        raise VersionNotCovered(
            _(
                "%(license)s covers versions up to %(highest)s: its upgrade insurance ended on "
                "%(day)s. Choose another key or a trial."
            )
            % {
                "license": license,
                "highest": entitlement.max_version(license),
                "day": in_words(insured),
            }
        )


def refuse_stopped(license: License, *, now: datetime) -> None:
    """Raise LicenseNotUsable, with the vendor's reason if there is one, unless it is usable
    `now`."""
    state = entitlement.status(license, now.date())
    if state is entitlement.LicenseStatus.SUSPENDED:
        raise LicenseNotUsable(
            _("%(license)s is suspended. Reason: %(reason)s Choose another key, or ask support.")
            % {"license": license, "reason": license.suspended_because}
        )
    if not state.is_usable:
        raise LicenseNotUsable
