"""Reminding administrators that licenses end: 60, 30, 14, 7 and 1 days before, then after.

Each reminder is a row that is written with its mails, in one transaction: none is lost or doubled,
whatever crashes and however many schedulers run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction

from accounts.models import BusinessAccount
from licensing import emails, entitlement
from licensing.emails.licenses import Ending
from licensing.models import License, Reminder

# (milestone, from, to): days that a license has left while this milestone is the one to mail.
# What was slept through isn't made up for: the nearest one tells it all.
_MILESTONES: Final = (
    (60, 60, 31),
    (30, 30, 15),
    (14, 14, 8),
    (7, 7, 2),
    (1, 1, 1),
    (0, 0, -14),
    (-15, -15, -30),
)
_AT_ONCE: Final = 1000


def remind(*, now: datetime) -> int:
    """Mail what is due, one mail for each account and milestone; how many mails were due."""
    return sum(
        _tell(account, milestone, found, now)
        for milestone, longest, shortest in _MILESTONES
        for account, found in _due(milestone, longest, shortest, now.date())
    )


def _due(
    milestone: int, longest: int, shortest: int, today: date
) -> Iterator[tuple[BusinessAccount, list[License]]]:
    licenses = (
        License.objects.filter(
            account__isnull=False,
            suspended_at=None,
            ends_on__gte=today + timedelta(days=shortest),
            ends_on__lte=today + timedelta(days=longest),
        )
        .exclude(
            pk__in=Reminder.objects.filter(milestone=milestone)
            .filter(ends_on__gte=today + timedelta(days=shortest))
            .filter(ends_on__lte=today + timedelta(days=longest))
            .values("license")
        )
        .select_related("account")
        .order_by("account", "ends_on", "pk")[:_AT_ONCE]
    )
    # A trial of 30 days isn't announced on its first day, and has no grace.
    wanted = (each for each in licenses if each.kind != License.Kind.TRIAL or 0 <= milestone <= 7)
    for account, found in groupby(wanted, key=lambda each: each.account):
        assert account is not None
        yield account, list(found)


@transaction.atomic
def _tell(account: BusinessAccount, milestone: int, due: list[License], now: datetime) -> int:
    """One mail about those licenses that nobody else has just told about."""
    # The account's row lock makes two schedulers take turns.
    BusinessAccount.objects.select_for_update().get(pk=account.pk)
    told = set(
        Reminder.objects.filter(license__in=due, milestone=milestone).values_list(
            "license", "ends_on"
        )
    )
    fresh = [each for each in due if (each.pk, each.ends_on) not in told]
    if not fresh:
        return 0
    Reminder.objects.bulk_create(
        Reminder(license=each, ends_on=each.ends_on, milestone=milestone, sent_at=now)
        for each in fresh
        if each.ends_on is not None
    )
    return emails.licenses_end(account, [*_endings(fresh)], now=now)


def _endings(licenses: list[License]) -> Iterator[Ending]:
    for each in licenses:
        if each.ends_on is not None:
            runs_until = entitlement.last_day(each) or each.ends_on
            yield Ending(each, ends_on=each.ends_on, runs_until=runs_until)
