"""Check-ins: an instance's daily report, answered with a new document (SPEC 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.membership.actions.authority import lock_account_of
from licensing.activation.actions import activations
from licensing.activation.errors import NotLicensed
from licensing.events import Event
from licensing.fleet import emails
from licensing.fleet.models import UsageDay
from licensing.fleet.reading import reporting
from licensing.licenses.models import Activation, Instance
from licensing.licenses.rules import entitlement


@dataclass(frozen=True)
class CheckInNotice:
    """A message for the console to show; `code` is stable."""

    code: str
    text: str


@dataclass(frozen=True)
class Report:
    """What an instance reports in a check-in."""

    version: str
    usage: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckInResult:
    """The response to an instance; `acknowledged_through` is the latest day that it ever
    reported."""

    document: str
    notices: list[CheckInNotice]
    acknowledged_through: date | None


def record(*, activation: Activation, report: Report, now: datetime) -> CheckInResult:
    """Store a report and answer it with a new document; repeating it is safe. `activation` comes
    from reading/reporting.py. Raises NotLicensed.

    After the license has ended, the last document is returned with a notice.
    """
    sight = _Sight(activation, report)
    if sight.clock_turns or not _keep(sight, now):
        sight = _keep_alone(activation, report, now)
    found = notices(sight.activation, now=now)
    return CheckInResult(sight.instance.document, found, sight.reported_through)


@transaction.atomic
def _keep(sight: _Sight, now: datetime) -> bool:
    """Return False when a concurrent report was first; that ends the transaction and its row
    lock."""
    if not _save(sight, now):
        return False
    keep_usage(sight.instance, sight.report.usage)
    return True


@transaction.atomic
def _keep_alone(activation: Activation, report: Report, now: datetime) -> _Sight:
    sight = _Sight(_alone(activation), report)
    if sight.clock_turns:
        _turn_clock(sight, now)
    if not _keep(sight, now):
        raise NotLicensed
    return sight


def keep_usage(instance: Instance, usage: dict[date, int]) -> None:
    """Store daily peaks; a day that is reported again is overwritten."""
    days = sorted(usage.items())
    UsageDay.objects.bulk_create(
        (UsageDay(instance=instance, date=day, peak_users=peak) for day, peak in days),
        update_conflicts=True,
        unique_fields=["instance", "date"],
        update_fields=["peak_users"],
    )


def notices(activation: Activation, *, now: datetime) -> list[CheckInNotice]:
    """What the console should say about its license now."""
    instance, license = activation.instance, activation.key.license
    found = []
    state = entitlement.status(license, now.date())
    if state in _OF_STATUS:
        words = {"license": license, "day": license.ends_on, "last": entitlement.last_day(license)}
        text = _OF_STATUS[state] % (words | {"reason": license.suspended_because})
        found.append(CheckInNotice(f"license_{state.value}", str(text)))
    if not entitlement.covers(license, instance.version, now.date()):
        text = _("%(license)s doesn't cover version %(version)s.")
        text %= {"license": license, "version": instance.version}
        found.append(CheckInNotice("version_not_covered", text))
    if entitlement.is_limited(instance.over_since, now):
        text = _("More users than seats for over seven days. Sign-ins are limited.")
        found.append(CheckInNotice("limited", text))
    elif instance.over_since:
        text = _("More users than seats. Add seats within seven days.")
        found.append(CheckInNotice("seats_exceeded", text))
    return found


_OF_STATUS: Final = {
    entitlement.LicenseStatus.EXPIRES_SOON: gettext_lazy("%(license)s ends on %(day)s."),
    entitlement.LicenseStatus.IN_GRACE: gettext_lazy(
        "%(license)s ended on %(day)s. Instances run until %(last)s."
    ),
    entitlement.LicenseStatus.EXPIRED: gettext_lazy(
        "%(license)s has expired: it ended on %(day)s."
    ),
    entitlement.LicenseStatus.SUSPENDED: gettext_lazy(
        "%(license)s is suspended, so there are no new documents. Reason: %(reason)s Ask support."
    ),
}


class _Sight:
    """An activation as `of_token` read it, evaluated against a report."""

    def __init__(self, activation: Activation, report: Report) -> None:
        facts: Any = activation  # annotated
        self.activation, self.report = activation, report
        self.instance = activation.instance
        self.sequence = self.instance.sequence
        self.over_beside: datetime | None = facts.over_beside
        self.reported_through: date | None = facts.reported_through
        if report.usage and max(report.usage) >= (self.reported_through or date.min):
            self.reported_through = max(report.usage)
            self.instance.peak_users = report.usage[self.reported_through]
        self.users = self.instance.peak_users + (facts.users_beside or 0)

    @property
    def is_over(self) -> bool:
        return self.users > self.activation.key.seats

    @property
    def clock_turns(self) -> bool:
        """True when this report starts or stops the seven days, or adds this instance to them
        (SPEC 4.2)."""
        if self.is_over:
            return self.instance.over_since is None
        return bool(self.instance.over_since or self.over_beside)


def _alone(activation: Activation) -> Activation:
    """The activation, reloaded under a lock that keeps other check-ins from changing it.

    The account is locked first, as everywhere: activations hold that lock, and the event and mails
    need it. Raises NotLicensed.
    """
    lock_account_of(activation.instance)
    instance = Instance.objects.select_for_update().get(pk=activation.instance_id)
    again = reporting.of_instance(instance)
    if again is None:
        raise NotLicensed
    return again


def _save(sight: _Sight, now: datetime) -> bool:
    """Save the report and the next document on the instance; False when a concurrent report was
    first."""
    instance, activation = sight.instance, sight.activation
    instance.version = sight.report.version
    instance.last_seen_at = instance.last_check_in_at = now
    instance.sequence = sight.sequence + 1
    if entitlement.status(activation.key.license, now.date()).is_usable:
        activations.sign(activation, now=now)
    unchanged = Instance.objects.filter(
        Exists(Activation.objects.live().filter(pk=activation.pk)),
        pk=instance.pk,
        sequence=sight.sequence,
    )
    return bool(
        unchanged.update(
            version=instance.version,
            peak_users=instance.peak_users,
            last_seen_at=now,
            last_check_in_at=now,
            sequence=instance.sequence,
            document=instance.document,
            document_ends_at=instance.document_ends_at,
        )
    )


def _turn_clock(sight: _Sight, now: datetime) -> None:
    """Start the seven days at the first report above the seats, for all instances of the key;
    under the seats, stop them (SPEC 4.2). Call it when `_alone`."""
    instance, key = sight.instance, sight.activation.key
    sharing = Instance.objects.filter(
        Exists(Activation.objects.live().filter(instance=OuterRef("pk"), key=key))
    )
    if not sight.is_over:
        sharing.filter(over_since__isnull=False).update(over_since=None)
        instance.over_since = None
        return
    instance.over_since = sight.over_beside or now
    sharing.filter(over_since=None).update(over_since=instance.over_since)
    if sight.over_beside is None:
        _tell(sight, now)


def _tell(sight: _Sight, now: datetime) -> None:
    audit.record(
        Event.INSTANCE_OVERUSED,
        account=sight.instance.account,
        actor=None,
        now=now,
        subject=sight.instance,
        peak=sight.users,
        seats=sight.activation.key.seats,
    )
    limited_from = now + entitlement.OVERUSE_PERIOD
    emails.seats_exceeded(sight.activation, peak=sight.users, limited_from=limited_from, now=now)
