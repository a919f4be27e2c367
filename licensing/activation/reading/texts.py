"""Keys and licenses in half a sentence each, for rows of a choice."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.licenses.models import Key, License
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import TRIAL_DAYS, TRIAL_SEATS, LicenseStatus
from licensing.protocol.date_text import in_words


def joined(*parts: str) -> str:
    return "\u00a0· ".join(part for part in parts if part)  # so that no line begins with the dot


def name(key: Key) -> str:
    return _("%(name)s …%(last_five)s") % {"name": key.name, "last_five": key.last_five}


def trial() -> str:
    return _("%(days)d days, up to %(seats)d concurrent users. One for each instance.") % {
        "days": TRIAL_DAYS,
        "seats": TRIAL_SEATS,
    }


def full() -> str:
    return _("All seats are in use. Replace an instance that hasn't reported for a while.")


def room(key: Key) -> str:
    left, of = seats_left(key)
    text = ngettext("%(left)d of %(of)d seat left", "%(left)d of %(of)d seats left", of)
    return text % {"left": left, "of": of}


def seats_left(key: Key) -> tuple[int, int]:
    """How many more instances fit under a key, and its total."""
    return key.instances_left, key.license.seats if key.reserved is None else key.reserved


def until(license: License, today: date) -> str:
    """The last day of a usable license; "" when it has no end."""
    if license.ends_on is None:
        return ""
    if today > license.ends_on:
        last_day = entitlement.last_day(license) or license.ends_on
        return _("in grace until %(day)s") % {"day": in_words(last_day)}
    return _("until %(day)s") % {"day": in_words(license.ends_on)}


def not_running(license: License, state: LicenseStatus) -> str:
    if state is LicenseStatus.SUSPENDED:
        return _("Suspended: %(reason)s Ask support.") % {"reason": license.suspended_because}
    if state is LicenseStatus.NOT_STARTED:
        return _("Starts on %(day)s.") % {"day": in_words(license.starts_on)}
    return _("Ended on %(day)s.") % {"day": in_words(license.ends_on or license.starts_on)}


def not_covered(license: License) -> str:
    highest, insured = entitlement.max_version(license), license.upgrade_insurance_until
    if insured is None:
        text = _("Covers versions up to %(highest)s: it has no upgrade insurance.")
        return text % {"highest": highest}
    text = _("Covers versions up to %(highest)s: its upgrade insurance ended on %(day)s.")
    return text % {"highest": highest, "day": in_words(insured)}
