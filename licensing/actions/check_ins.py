"""The daily report of an instance, answered with a fresh document (SPEC 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.events import Event
from licensing import emails, entitlement
from licensing.actions import activations
from licensing.models import Activation, Instance, UsageDay


@dataclass(frozen=True)
class Notice:
    """Something the console should say; `code` is stable."""

    code: str
    text: str


@dataclass(frozen=True)
class Report:
    """What an instance says in a check-in."""

    version: str
    usage: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    document: str
    notices: list[Notice]


def of_token(digest: str) -> Activation | None:
    """The live activation of the instance with this token, and what a check-in needs: one query.

    `users_beside` counts the latest peaks of the instances that share its seats.
    """
    beside = (
        Activation.objects.live().filter(key=OuterRef("key")).exclude(instance=OuterRef("instance"))
    )
    return (
        Activation.objects.live()
        .filter(instance__token_digest=digest)
        .select_related("instance__account", "key__license")
        .annotate(
            users_beside=Subquery(
                beside.values("key").annotate(users=Sum("instance__peak_users")).values("users")[:1]
            )
        )
        .first()
    )


@transaction.atomic
def record(*, activation: Activation, report: Report, now: datetime) -> Answer:
    """Keep what the instance reports and answer with a fresh document; the same report may come
    any number of times. `activation` comes from `of_token`.

    After the license has ended the last document is all there is, and a notice says so.
    """
    instance = activation.instance
    _keep_usage(instance, report.usage)
    if report.usage:
        instance.peak_users = report.usage[max(report.usage)]
    users = instance.peak_users + (getattr(activation, "users_beside", None) or 0)
    _run_overuse_clock(activation, users, now)
    instance.version = report.version
    instance.last_seen_at = instance.last_check_in_at = now
    instance.sequence += 1
    if entitlement.status(activation.key.license, now.date()).is_usable:
        activations.sign(activation, now=now)
    instance.save(
        update_fields=[
            "version",
            "peak_users",
            "last_seen_at",
            "last_check_in_at",
            "over_since",
            "sequence",
            "document",
            "document_ends_at",
        ]
    )
    return Answer(instance.document, notices(activation, now=now))


def notices(activation: Activation, *, now: datetime) -> list[Notice]:
    """What the console should say about its license now."""
    instance, license = activation.instance, activation.key.license
    found = []
    state = entitlement.status(license, now.date())
    if state in _OF_STATUS:
        text = str(_OF_STATUS[state]) % {"license": license, "day": license.ends_on}
        found.append(Notice(f"license_{state.value}", text))
    if not entitlement.covers(license, instance.version, now.date()):
        text = _("%(license)s doesn't cover version %(version)s.")
        found.append(
            Notice("version_not_covered", text % {"license": license, "version": instance.version})
        )
    if entitlement.is_limited(instance.over_since, now):
        found.append(
            Notice("limited", _("More users than seats for over seven days: sign-ins are limited."))
        )
    elif instance.over_since:
        found.append(
            Notice("seats_exceeded", _("More users than seats. Add seats within seven days."))
        )
    return found


_OF_STATUS: Final = {
    entitlement.Status.EXPIRES_SOON: gettext_lazy("%(license)s ends on %(day)s."),
    entitlement.Status.IN_GRACE: gettext_lazy(
        "%(license)s ended on %(day)s. It runs for 30 more days."
    ),
    entitlement.Status.EXPIRED: gettext_lazy("%(license)s has expired: it ended on %(day)s."),
    entitlement.Status.SUSPENDED: gettext_lazy("%(license)s is suspended. Ask support."),
}


def _keep_usage(instance: Instance, usage: dict[date, int]) -> None:
    UsageDay.objects.bulk_create(
        (
            UsageDay(instance=instance, date=day, peak_users=peak)
            for day, peak in sorted(usage.items())
        ),
        update_conflicts=True,
        unique_fields=["instance", "date"],
        update_fields=["peak_users"],
    )


def _run_overuse_clock(activation: Activation, users: int, now: datetime) -> None:
    """Start the seven days at the first report above the seats; under them, stop (SPEC 4.2)."""
    instance, seats = activation.instance, activation.key.seats
    if users <= seats:
        instance.over_since = None
        return
    if instance.over_since is not None:
        return
    instance.over_since = now
    audit.record(
        Event.INSTANCE_OVERUSED,
        account=instance.account,
        actor=None,
        now=now,
        subject=instance,
        peak=users,
        seats=seats,
    )
    emails.seats_exceeded(instance, peak=users, seats=seats, now=now)
