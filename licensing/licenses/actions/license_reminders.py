"""Reminding administrators that licenses end: 60, 30, 14, 7 and 1 days before, then after.

Each reminder is a row written in one transaction with its mails, so none is lost or sent twice,
even after a crash or with several schedulers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import outbox
from accounts.directory.models import BusinessAccount, Membership
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
_AT_ONCE: Final = 100  # accounts whose licenses and mails are held in memory
_A_RUN: Final = 5000  # mails, roughly; the next run continues


def remind(*, now: datetime) -> int:
    """Send what is due, one mail for each account and milestone; return how many mails were due."""
    told = 0
    for milestone, longest, shortest in _MILESTONES:
        due = _due(milestone, longest, shortest, now.date())
        accounts = due.order_by("account").values_list("account", flat=True).distinct()
        for batch in _batches(accounts[: _A_RUN - told]):
            told += _tell(batch, due, milestone, now)
        if told >= _A_RUN:
            break
    return told


def _batches(accounts: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(accounts)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch


def _due(milestone: int, longest: int, shortest: int, today: date) -> QuerySet[License]:
    """Licenses that are within this milestone and haven't been announced for it."""
    window = {
        "ends_on__gte": today + timedelta(days=shortest),
        "ends_on__lte": today + timedelta(days=longest),
    }
    told = Reminder.objects.filter(
        license=OuterRef("pk"), ends_on=OuterRef("ends_on"), milestone=milestone
    )
    due = License.objects.filter(account__isnull=False, suspended_at=None, **window)
    if not 0 <= milestone <= 7:
        # A trial of 30 days isn't announced on its first day, and has no grace.
        due = due.exclude(kind=License.Kind.TRIAL)
    return due.filter(~Exists(told))


@transaction.atomic
def _tell(accounts: Sequence[int], due: QuerySet[License], milestone: int, now: datetime) -> int:
    """One mail to each administrator of these accounts about all that is due in theirs; five
    queries however many they are."""
    # The accounts' row locks make two schedulers take turns. Waiting for one while holding others
    # could lock two of them up: whoever is busy is told by the next run.
    idle = BusinessAccount.objects.filter(pk__in=accounts).order_by("pk")
    locked = {each.pk: each for each in idle.select_for_update(skip_locked=True)}
    licenses = list(due.filter(account__in=locked).order_by("account", "ends_on", "pk"))
    Reminder.objects.bulk_create(
        Reminder(license=each, ends_on=each.ends_on, milestone=milestone, sent_at=now)
        for each in licenses
        if each.ends_on is not None
    )
    recipients = _recipients(locked)
    told = 0
    with outbox.together():
        for pk, found in groupby(licenses, key=lambda each: each.account_id):
            if pk in locked:
                endings, to = list(_endings(found)), recipients.get(pk, [])
                told += emails.licenses_end(locked[pk], endings, to=to, now=now)
    return told


def _recipients(accounts: Collection[int]) -> dict[int, list[str]]:
    """By account, the addresses of the administrators who want to be told."""
    wanted = Membership.objects.wanting_reminders().filter(account__in=accounts)
    found: dict[int, list[str]] = {}
    for account, address in wanted.order_by("pk").values_list("account", "user__email"):
        found.setdefault(account, []).append(address)
    return found


def _endings(licenses: Iterable[License]) -> Iterator[EndingLicense]:
    for each in licenses:
        if each.ends_on is not None:
            runs_until = entitlement.last_day(each) or each.ends_on
            yield EndingLicense(each, ends_on=each.ends_on, runs_until=runs_until)
