"""Reminding administrators that licenses end: 60, 30, 14, 7 and 1 days before, then after.

Each reminder is a row written in one transaction with its mails, so none is lost or sent twice,
even after a crash or with several schedulers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.directory.models import BusinessAccount
from licensing.licenses import emails
from licensing.licenses.emails import EndingLicense
from licensing.licenses.models import License, Reminder
from licensing.licenses.rules import entitlement

# (milestone, from, to): the range of days left in which this milestone's mail is sent.
# Milestones missed during an outage aren't sent later: the nearest one says it all.
_MILESTONES: Final = (
    (60, 60, 31),
    (30, 30, 15),
    (14, 14, 8),
    (7, 7, 2),
    (1, 1, 1),
    (0, 0, -14),
    (-15, -15, -30),
)
_AT_ONCE: Final = 500  # accounts whose licenses are held in memory
_A_RUN: Final = 5000  # mails, roughly; the next run continues


def remind(*, now: datetime) -> int:
    """Send what is due, one mail for each account and milestone; return how many mails were due."""
    told = 0
    for milestone, longest, shortest in _MILESTONES:
        due = _due(milestone, longest, shortest, now.date())
        while told < _A_RUN and (batch := _batch(due)):
            told += sum(_tell(account, milestone, found, now) for account, found in batch)
    return told


def _due(milestone: int, longest: int, shortest: int, today: date) -> QuerySet[License]:
    """Licenses that are within this milestone and haven't been announced for it."""
    window = {
        "ends_on__gte": today + timedelta(days=shortest),
        "ends_on__lte": today + timedelta(days=longest),
    }
    told = Reminder.objects.filter(milestone=milestone, **window)
    due = License.objects.filter(account__isnull=False, suspended_at=None, **window)
    if not 0 <= milestone <= 7:
        # A trial of 30 days isn't announced on its first day, and has no grace.
        due = due.exclude(kind=License.Kind.TRIAL)
    return due.exclude(pk__in=told.values("license"))


def _batch(due: QuerySet[License]) -> list[tuple[BusinessAccount, list[License]]]:
    """The next accounts with all of their due licenses; `_tell` records them as done."""
    accounts = list(due.order_by("account").values_list("account", flat=True).distinct()[:_AT_ONCE])
    licenses = due.filter(account__in=accounts).select_related("account")
    ordered = licenses.order_by("account", "ends_on", "pk")
    return [
        (account, list(found))
        for account, found in groupby(ordered, key=lambda each: each.account)
        if account is not None
    ]


@transaction.atomic
def _tell(account: BusinessAccount, milestone: int, due: list[License], now: datetime) -> int:
    """Send one mail about the licenses that no other scheduler has just announced."""
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


def _endings(licenses: list[License]) -> Iterator[EndingLicense]:
    for each in licenses:
        if each.ends_on is not None:
            runs_until = entitlement.last_day(each) or each.ends_on
            yield EndingLicense(each, ends_on=each.ends_on, runs_until=runs_until)
