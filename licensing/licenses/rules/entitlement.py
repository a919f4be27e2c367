"""What a license grants at a given time: pure rules, no query and no clock (SPEC 4.2).

Days are UTC days, whatever the person's time zone (SPEC 6). `ends_on` is the last valid day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Final, Protocol

from licensing.licenses.rules import releases

GRACE_PERIOD: Final = timedelta(days=30)
EXPIRES_SOON_WITHIN: Final = timedelta(days=60)


TRIAL_DAYS: Final = 30
TRIAL_SEATS: Final = 50
# For each business account, each person and each installation (SPEC 4.2, 6).
TRIALS_AT_ONCE: Final = 3
TRIALS_A_YEAR: Final = 10
# A trial is shorter than the 60 days of other licenses, so it expires soon when two weeks are left.
TRIAL_ENDS_SOON: Final = timedelta(days=15)
OVERUSE_PERIOD: Final = timedelta(days=7)
DOCUMENT_DAYS: Final = {"online": 30, "unattended": 30, "offline": 90}


class Terms(Protocol):
    """The facts about a license that the rules need; models.License matches this protocol."""

    @property
    def kind(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def upgrade_insurance_until(self) -> date | None: ...
    @property
    def version_bought(self) -> str: ...
    @property
    def suspended_at(self) -> datetime | None: ...


class LicenseStatus(Enum):
    NOT_STARTED = "not_started"
    ACTIVE = "active"
    EXPIRES_SOON = "expires_soon"
    IN_GRACE = "in_grace"
    EXPIRED = "expired"
    SUSPENDED = "suspended"

    @property
    def is_usable(self) -> bool:
        """True when instances may run under a license in this state."""
        return self in (LicenseStatus.ACTIVE, LicenseStatus.EXPIRES_SOON, LicenseStatus.IN_GRACE)


def status(terms: Terms, on: date) -> LicenseStatus:
    """The state of the license on the day `on`; it expires soon in its last 60 days, a trial
    in its last 15. LicenseQuerySet says the same in SQL."""
    if terms.suspended_at:
        return LicenseStatus.SUSPENDED
    if on < terms.starts_on:
        return LicenseStatus.NOT_STARTED
    if terms.ends_on is None or terms.ends_on >= on + soon_within(terms.kind):
        return LicenseStatus.ACTIVE
    if on <= terms.ends_on:
        return LicenseStatus.EXPIRES_SOON
    # A trial has no grace; other licenses have 30 days.
    if terms.kind != "trial" and on <= terms.ends_on + GRACE_PERIOD:
        return LicenseStatus.IN_GRACE
    return LicenseStatus.EXPIRED


def soon_within(kind: str) -> timedelta:
    """How long before its last day a license of this kind counts as expiring soon."""
    return TRIAL_ENDS_SOON if kind == "trial" else EXPIRES_SOON_WITHIN


def last_day(terms: Terms) -> date | None:
    """The last day on which instances run, grace included; None without an end."""
    if terms.ends_on is None or terms.kind == "trial":
        return terms.ends_on
    return terms.ends_on + GRACE_PERIOD


def max_version(terms: Terms) -> int | None:
    """The newest covered major version; None: every version, while the license is usable."""
    if terms.kind != "permanent":
        return None
    bought = releases.major(terms.version_bought) or releases.released_by(terms.starts_on)
    if terms.upgrade_insurance_until is None:
        return bought
    return max(bought, releases.released_by(terms.upgrade_insurance_until))


def covers(terms: Terms, version: str, on: date) -> bool:
    """True when the license covers `version` on the day `on`."""
    number = releases.major(version)
    if number is None:
        return False
    highest = max_version(terms)
    if highest is None or number <= highest:
        return True
    # A version that isn't on our list was released today at the latest.
    insured = terms.upgrade_insurance_until is not None and on <= terms.upgrade_insurance_until
    return number not in releases.RELEASED_ON and insured


def granted_version(terms: Terms, version: str, on: date) -> int | None:
    """The newest major version that a document names for an instance running `version`.

    Never below a version that `covers` allows, even when it isn't on our list yet.
    """
    highest, number = max_version(terms), releases.major(version)
    if highest is None or number is None or not covers(terms, version, on):
        return highest
    return max(highest, number)


def document_ends_at(terms: Terms, *, channel: str, now: datetime) -> datetime:
    """When a document issued `now` expires: after 30 days (90 for a file), or at the license's
    end."""
    at = now + timedelta(days=DOCUMENT_DAYS[channel])
    day = last_day(terms)
    if day is None:
        return at
    return min(at, datetime.combine(day + timedelta(days=1), time(), UTC))


def is_limited(over_since: datetime | None, now: datetime) -> bool:
    """True when more users than seats were reported for over seven days."""
    return over_since is not None and now - over_since > OVERUSE_PERIOD
