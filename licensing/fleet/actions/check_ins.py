"""Check-ins: an instance's daily report, answered with a new document (SPEC 4.3)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.activation.actions import issuing
from licensing.activation.errors import NotLicensed
from licensing.documents import documents
from licensing.fleet.actions import overuse, report_writing
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance
from licensing.licenses.models.instance import SEEN_AROUND_EVERY
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
    elif sight.clock_turns:  # others reported in the same moment: only together they are over
        overuse.settle(activation, now=now)
    found = notices(sight.activation, now=now)
    return CheckInResult(sight.document, found, sight.beat.peak_on)


def _keep(sight: _Sight, now: datetime) -> bool:
    """Store report and document; False, and nothing stored, when a concurrent report was first."""
    activation, beat = sight.activation, sight.beat
    beat.sequence = sight.sequence + 1
    sight.document = _document(activation, now)
    changed = _changed(sight, now)
    with transaction.atomic() if changed else nullcontext():
        written = report_writing.write(
            activation,
            before=sight.sequence,
            added=sight.added,
            usage=sight.report.usage,
            now=now,
        )
        if written and changed:
            Instance.objects.filter(pk=activation.instance_id).update(**changed)
    if written and written.users is not None:
        sight.users = written.users
    return written is not None


def _document(activation: Activation, now: datetime) -> str:
    """The next document; after the license has ended, the last one as it was."""
    usable = entitlement.status(activation.key.license, now.date()).is_usable
    last = None if usable else issuing.latest(activation)
    if last is not None:
        return last
    facts: Any = activation  # annotated
    key = documents.signing_key(now=now, may_be_withdrawn=facts.is_signer_withdrawn)
    ends_at = None if usable else activation.instance.heartbeat.document_ends_at
    return issuing.sign(activation, now=now, key=key, ends_at=ends_at)


def _changed(sight: _Sight, now: datetime) -> dict[str, Any]:
    """What this report changes on the instance itself: seldom anything."""
    instance, changed = sight.activation.instance, dict[str, Any]()
    if instance.version != sight.version_before:
        changed["version"] = instance.version
    if now - instance.seen_around >= SEEN_AROUND_EVERY:
        changed["seen_around"] = now
    if sight.beat.document_digest != sight.digest_before:
        changed["document"] = sight.document
    return changed


@transaction.atomic
def _keep_alone(activation: Activation, report: Report, now: datetime) -> _Sight:
    sight = _Sight(overuse.alone(activation), report)
    if sight.clock_turns:
        overuse.turn(sight.activation, users=sight.users, now=now)
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
    if entitlement.is_limited(activation.key.over_since, now):
        text = _("More users than seats for over seven days. Sign-ins are limited.")
        found.append(CheckInNotice("limited", text))
    elif activation.key.over_since:
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
    """An activation as reading/reporting.py read it, with a report put on its heartbeat."""

    def __init__(self, activation: Activation, report: Report) -> None:
        self.activation, self.report, self.document = activation, report, ""
        instance, beat = activation.instance, activation.instance.heartbeat
        self.beat, self.sequence = beat, beat.sequence
        self.version_before, self.digest_before = instance.version, beat.document_digest
        instance.version, before = report.version, beat.peak_users
        if report.usage and max(report.usage) >= (beat.peak_on or date.min):
            beat.peak_on = max(report.usage)
            beat.peak_users = report.usage[beat.peak_on]
        self.added = beat.peak_users - before
        self.users = activation.key.usage.peak_users + self.added

    @property
    def clock_turns(self) -> bool:
        """True when the key's seven days start or stop with this report (SPEC 4.2)."""
        key = self.activation.key
        return (self.users > key.seats) != (key.over_since is not None)
