"""Licenses that end and instances in trouble, as an account's attention needs them: two queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet

from accounts.models import BusinessAccount, Invitation, JoinRequest, Membership
from licensing.entitlement import TRIAL_ENDS_SOON
from licensing.models import Activation, License
from licensing.models.activation import REPORTING
from licensing.models.instance import SILENT_AFTER
from licensing.models.license import GRACE, SOON

FILE_ENDS_SOON: Final = timedelta(days=14)
LOOKED_AT: Final = 50  # instances that need a person; the list shows the others
SHOWN: Final = 5
_FORGOTTEN_AFTER: Final = timedelta(days=60)  # since the last day of grace


@dataclass(frozen=True)
class Needs:
    """What of an account's licenses and instances needs a person; one more than is shown."""

    ending: list[License]
    troubled: list[Activation]


def read_needs(account: BusinessAccount, *, now: datetime) -> Needs:
    """Both, the most urgent first."""
    ending = ending_licenses(now.date()).filter(account=account).order_by("ends_on", "pk")
    troubled = troubled_activations(now).filter(instance__account=account)
    first = F("instance__over_since").asc(nulls_last=True)
    troubled = troubled.select_related("instance", "key__license").order_by(
        first, "instance__last_seen_at", "pk"
    )
    return Needs(ending=list(ending[: SHOWN + 1]), troubled=list(troubled[: LOOKED_AT + 1]))


def accounts_in_need(accounts: Collection[int], *, now: datetime) -> set[int]:
    """Those of the accounts (by key) where something may need a person who wants to be told.

    Five queries however many they are. None is missed; of some, a closer look finds nothing.
    """
    wanted = Membership.objects.reminded().filter(account__in=accounts)
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
    """Licenses that end within 60 days, that are in grace, or whose end is felt.

    One that renews by itself, or that ended and holds no seat any more, needs nobody; nor does a
    trial that began lately, though all of its days are among the 60.
    """
    renewing = Q(ends_on__gte=today, auto_renew=True)
    fresh_trial = Q(ends_on__gt=today + TRIAL_ENDS_SOON, kind=License.Kind.TRIAL)
    over_and_unused = Q(ends_on__lt=today - GRACE, seats_reserved=0, seats_shared=0)
    trial_over = Q(ends_on__lt=today, kind=License.Kind.TRIAL, seats_shared=0)
    oldest = today - GRACE - _FORGOTTEN_AFTER
    soon = License.objects.filter(suspended_at=None, ends_on__gte=oldest, ends_on__lte=today + SOON)
    return soon.exclude(renewing | fresh_trial | over_and_unused | trial_over)


def troubled_activations(now: datetime) -> QuerySet[Activation]:
    """What has more users than seats, keeps silent, or needs a fresh license file."""
    over = Q(instance__over_since__isnull=False)
    silent = Q(channel__in=REPORTING, instance__last_seen_at__lt=now - SILENT_AFTER)
    file_ends = Q(
        channel=Activation.Channel.OFFLINE, instance__document_ends_at__lt=now + FILE_ENDS_SOON
    )
    return Activation.objects.live().filter(over | silent | file_ends, collected_at__isnull=False)
