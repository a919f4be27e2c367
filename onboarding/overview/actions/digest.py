"""The weekly digest of what needs attention: on Mondays from 07:00 UTC on.

Once for each account and week, whatever crashes and however many schedulers run: the week that is
done stands in the account (`digested_on`), and moves in the transaction that writes the mails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.directory.models import BusinessAccount
from onboarding.overview import emails
from onboarding.overview.attention import Attention
from onboarding.overview.attention.licenses import of_problems
from onboarding.overview.attention.people import of_people, read_people
from onboarding.overview.attention.problems import accounts_with_problems, read_problems

log = structlog.get_logger(__name__)

SEND_FROM: Final = time(7, tzinfo=UTC)
BATCH: Final = 500
# A run ends within Celery's time limits; the next one continues.
_RUN: Final = timedelta(seconds=55)
Clock = Callable[[], datetime]


def send_due(*, clock: Clock = timezone.now) -> int:
    """Do the digests that are due, account by account; how many mails were written.

    Nothing is mailed where nothing needs attention, or where nobody wants it.
    """
    started = clock().astimezone(UTC)
    monday = started.date()
    if monday.weekday() != 0 or started.timetz() < SEND_FROM:
        return 0
    written = 0
    for batch in _batches(monday):
        in_need = accounts_with_problems({account.pk for account in batch}, now=started)
        _pass_over([account for account in batch if account.pk not in in_need], monday)
        for account in batch:
            if clock() - started > _RUN:
                return written
            if account.pk in in_need:
                written += _digest_or_log(account, monday, started)
    return written


def _batches(monday: date) -> Iterator[list[BusinessAccount]]:
    """All accounts whose week isn't done, by key; those made today wait for their first week."""
    today = datetime.combine(monday, time(), UTC)
    due = _due(monday).filter(created_at__lt=today).order_by("pk")
    last = 0
    while batch := list(due.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _due(monday: date) -> QuerySet[BusinessAccount]:
    """Accounts whose digest of the week that began on `monday` isn't done."""
    return BusinessAccount.objects.filter(Q(digested_on=None) | Q(digested_on__lt=monday))


@transaction.atomic
def _pass_over(accounts: list[BusinessAccount], monday: date) -> None:
    """Note that the week of these is done: nothing needs anybody."""
    due = _due(monday).filter(pk__in=[each.pk for each in accounts])
    # Waiting for one while holding others could lock two of us up: who is busy is asked next time.
    idle = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
    BusinessAccount.objects.filter(pk__in=idle).update(digested_on=monday)


def _digest_or_log(account: BusinessAccount, monday: date, now: datetime) -> int:
    try:
        return _digest(account, monday, now)
    except Exception:  # one account must not keep the digest from all the others
        log.exception("digest_failed", account=account.slug)
        return 0


@transaction.atomic
def _digest(account: BusinessAccount, monday: date, now: datetime) -> int:
    mine = _due(monday).filter(pk=account.pk)
    if not mine.update(digested_on=monday):
        return 0
    attention = _attention(account, now)
    if all(each.is_advice for each in attention):
        return 0
    return emails.weekly_digest(account, attention, now=now)


def _attention(account: BusinessAccount, now: datetime) -> list[Attention]:
    """What the overview shows its administrators, the worst first."""
    people = read_people(account, now=now)
    attention = [
        *of_problems(account, read_problems(account, now=now), now=now),
        *of_people(account, people, told=False),
    ]
    return sorted(attention, key=lambda each: each.kind != "bad")
