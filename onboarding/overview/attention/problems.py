"""Licenses that end and instances in trouble, as an account's attention needs them: two queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet

from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.models import Invitation, JoinRequest
from accounts.web.paging import MAX_COUNTED, any_of
from licensing.licenses.models import Activation, License
from licensing.licenses.models.activation import REPORTING_CHANNELS
from licensing.licenses.models.instance import SILENT_AFTER
from licensing.licenses.rules.entitlement import EXPIRES_SOON_WITHIN, GRACE_PERIOD, TRIAL_ENDS_SOON

FILE_ENDS_SOON: Final = timedelta(days=14)
MAX_INSTANCES_READ: Final = 50  # instances that need a person; the list shows the others
MAX_PROBLEMS_SHOWN: Final = 5
_URGENCY: Final = (
    F("key__over_since").asc(nulls_last=True),
    "instance__heartbeat__last_seen_at",
    "pk",
)
_FORGOTTEN_AFTER: Final = timedelta(days=60)  # since the last day of grace


@dataclass(frozen=True)
class AccountProblems:
    """What of an account's licenses and instances needs a person; one more than is shown."""

    ending: list[License]
    troubled: list[Activation]


def read_problems(account: BusinessAccount, *, now: datetime) -> AccountProblems:
    """Both, the most urgent first."""
    return AccountProblems(
        ending=read_ending(account, today=now.date()),
        troubled=in_trouble(read_activations(account, now=now), now),
    )


def read_ending(account: BusinessAccount, *, today: date) -> list[License]:
    """Licenses that need a person: suspended ones first, then the next end."""
    soon = ending_licenses(today).filter(account=account, suspended_at=None)
    in_grace_or_later = soon.filter(ends_on__gte=today - GRACE_PERIOD)
    # Of those that ended earlier, the last thousand: how many of them hold no seat is unknown.
    ended = account.licenses.filter(ends_on__lt=today - GRACE_PERIOD).order_by("-ends_on")
    holding = soon.filter(pk__in=ended.values("pk")[:MAX_COUNTED])
    suspended = account.licenses.suspended(today).order_by("-suspended_at")
    most = MAX_PROBLEMS_SHOWN + 1
    parts = [suspended, holding.order_by("ends_on"), in_grace_or_later.order_by("ends_on")]
    found = License.objects.filter(pk__in=any_of(part[:most] for part in parts))
    suspended_first = F("suspended_at").desc(nulls_last=True)
    return list(found.order_by(suspended_first, "ends_on", "pk")[:most])


def read_activations(
    account: BusinessAccount, *, now: datetime, newest: int = 0
) -> list[Activation]:
    """The first of each kind of trouble, and the `newest` that were seen last; one query.

    Each is found along an index: to sort what is silent took 240 ms when all of 50,000 were.
    """
    live = Activation.objects.live().filter(instance__account=account)
    collected = live.filter(collected_at__isnull=False)
    over, silent, file_ends = (collected.filter(each) for each in _kinds_of_trouble(now))
    wanted = [
        over.order_by("key__over_since")[: MAX_INSTANCES_READ + 1],
        silent.order_by("instance__seen_around")[: MAX_INSTANCES_READ + 1],
        file_ends.order_by("instance__seen_around")[: MAX_INSTANCES_READ + 1],
        _newest(live, newest),
    ]
    found = Activation.objects.filter(pk__in=any_of(wanted))
    return list(found.select_related("instance__heartbeat", "key__license").order_by(*_URGENCY))


def _newest(live: QuerySet[Activation], count: int) -> QuerySet[Activation]:
    """Those that were seen last: exactly, among the few that the index puts first."""
    few = live.order_by("-instance__seen_around")[: 3 * count]
    among = Activation.objects.filter(pk__in=few.values("pk"))
    return among.order_by("-instance__heartbeat__last_seen_at", "-pk")[:count]


def in_trouble(activations: Iterable[Activation], now: datetime) -> list[Activation]:
    """Those that need a person, in the same order; at most one more than are looked at."""
    return [each for each in activations if _is_troubled(each, now)][: MAX_INSTANCES_READ + 1]


def accounts_with_problems(accounts: Collection[int], *, now: datetime) -> set[int]:
    """Those of the accounts (by key) where something may need a person who wants to be told.

    Five queries however many they are. None is missed; of some, a closer look finds nothing.
    """
    wanted = Membership.objects.wanting_reminders().filter(account__in=accounts)
    ending = ending_licenses(now.date()).filter(account__in=accounts)
    troubled = troubled_activations(now).filter(instance__account__in=accounts)
    requests = JoinRequest.objects.waiting().filter(account__in=accounts)
    invitations = Invitation.objects.open().filter(account__in=accounts)
    in_need = {
        *ending.values_list("account", flat=True).distinct(),
        *troubled.values_list("instance__account", flat=True).distinct(),
        *requests.values_list("account", flat=True).distinct(),
        *invitations.values_list("account", flat=True).distinct(),
    }
    return in_need & set(wanted.values_list("account", flat=True).distinct())


def ending_licenses(today: date) -> QuerySet[License]:
    """Licenses that are suspended, end within 60 days, are in grace, or whose end is felt.

    One that renews by itself, or that ended and holds no seat any more, needs nobody; nor does a
    trial that began lately, though all of its days are among the 60.
    """
    renewing = Q(ends_on__gte=today, auto_renew=True)
    fresh_trial = Q(ends_on__gte=today + TRIAL_ENDS_SOON, kind=License.Kind.TRIAL)
    over_and_unused = Q(ends_on__lt=today - GRACE_PERIOD, seats_reserved=0, seats_shared=0)
    trial_over = Q(ends_on__lt=today, kind=License.Kind.TRIAL, seats_shared=0)
    oldest = today - GRACE_PERIOD - _FORGOTTEN_AFTER
    soon = Q(suspended_at=None, ends_on__gte=oldest, ends_on__lt=today + EXPIRES_SOON_WITHIN)
    nobody = renewing | fresh_trial | over_and_unused | trial_over
    return License.objects.filter(Q(suspended_at__isnull=False) | (soon & ~nobody))


def troubled_activations(now: datetime) -> QuerySet[Activation]:
    """What has more users than seats, keeps silent, or needs a fresh license file."""
    over, silent, file_ends = _kinds_of_trouble(now)
    return Activation.objects.live().filter(over | silent | file_ends, collected_at__isnull=False)


def _kinds_of_trouble(now: datetime) -> tuple[Q, Q, Q]:
    over = Q(key__over_since__isnull=False)
    silent = Q(
        channel__in=REPORTING_CHANNELS,
        instance__seen_around__lt=now - SILENT_AFTER,
        instance__heartbeat__last_seen_at__lt=now - SILENT_AFTER,
    )
    file_ends = Q(
        channel=Activation.Channel.OFFLINE,
        instance__heartbeat__document_ends_at__lt=now + FILE_ENDS_SOON,
    )
    return over, silent, file_ends


def _is_troubled(live: Activation, now: datetime) -> bool:
    """The same of a row that has been read."""
    instance = live.instance
    if live.collected_at is None:
        return False
    if live.key.over_since or (live.channel in REPORTING_CHANNELS and instance.is_silent(now)):
        return True
    ends_at = instance.heartbeat.document_ends_at
    is_file = live.channel == Activation.Channel.OFFLINE
    return is_file and ends_at is not None and ends_at < now + FILE_ENDS_SOON
