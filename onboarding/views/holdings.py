"""What a business account owns and runs, as its overview needs it: five queries in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from accounts.models import BusinessAccount
from licensing.models import Activation, ActivationRequest, License, Product
from licensing.models.instance import SILENT_AFTER
from licensing.models.license import GRACE, SOON
from licensing.views.instance_states import REPORTING, State, state_of

FILE_ENDS_SOON: Final = timedelta(days=14)
TRIAL_ENDS_SOON: Final = timedelta(days=14)
LOOKED_AT: Final = 50  # instances that need a person; the list shows the others
SHOWN: Final = 5
_FORGOTTEN_AFTER: Final = timedelta(days=60)  # since the last day of grace


@dataclass(frozen=True)
class Owned:
    """The running licenses of one product, taken together."""

    product: Product
    licenses: int
    seats: int
    taken: int
    next_end: date | None

    @property
    def is_activated_here(self) -> bool:
        """Other products count their users themselves: here they have no seats taken."""
        return self.product is Product.RAS


@dataclass(frozen=True)
class Seen:
    """An instance that was heard of lately."""

    activation: Activation
    state: State


@dataclass(frozen=True)
class Holdings:
    """What an account owns and runs, each read once."""

    owned: list[Owned]
    ending: list[License]
    troubled: list[Activation]
    asked: list[ActivationRequest]
    seen: list[Seen]


def read_holdings(account: BusinessAccount, *, manages: bool, now: datetime) -> Holdings:
    """All of it; requests to be activated only for those who may answer them."""
    live = Activation.objects.live().filter(instance__account=account)
    live = live.select_related("instance", "key__license")
    newest = live.order_by("-instance__last_seen_at", "-pk")[:SHOWN]
    return Holdings(
        owned=_owned(account, now.date()),
        ending=list(_ending(account, now.date())[: SHOWN + 1]),
        troubled=list(_troubled(live, now)[: LOOKED_AT + 1]),
        asked=list(_asked(account, now)[: SHOWN + 1]) if manages else [],
        seen=[Seen(each, state_of(each.instance, each, now)) for each in newest],
    )


def _owned(account: BusinessAccount, today: date) -> list[Owned]:
    rows = (
        account.licenses.usable(today)
        .order_by()
        .values("product")
        .annotate(
            licenses=Count("pk"),
            all_seats=Sum("seats"),
            taken=Sum(F("seats_reserved") + F("seats_shared")),
            next_end=Min("ends_on", filter=Q(ends_on__gte=today, auto_renew=False)),
        )
    )
    found = [
        Owned(
            Product(row["product"]),
            row["licenses"],
            row["all_seats"],
            row["taken"],
            row["next_end"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda owned: list(Product).index(owned.product))


def _ending(account: BusinessAccount, today: date) -> QuerySet[License]:
    """Licenses that end within 60 days, that are in grace, or whose end is felt; the first first.

    One that renews by itself, or that ended and holds no seat any more, needs nobody; nor does a
    trial that began lately, though all of its days are among the 60.
    """
    renewing = Q(ends_on__gte=today, auto_renew=True)
    fresh_trial = Q(ends_on__gt=today + TRIAL_ENDS_SOON, kind=License.Kind.TRIAL)
    over_and_unused = Q(ends_on__lt=today - GRACE, seats_reserved=0, seats_shared=0)
    trial_over = Q(ends_on__lt=today, kind=License.Kind.TRIAL, seats_shared=0)
    oldest = today - GRACE - _FORGOTTEN_AFTER
    return (
        account.licenses.filter(suspended_at=None, ends_on__gte=oldest, ends_on__lte=today + SOON)
        .exclude(renewing | fresh_trial | over_and_unused | trial_over)
        .order_by("ends_on", "pk")
    )


def _troubled(live: QuerySet[Activation], now: datetime) -> QuerySet[Activation]:
    """What has more users than seats, keeps silent, or needs a fresh license file."""
    over = Q(instance__over_since__isnull=False)
    silent = Q(channel__in=REPORTING, instance__last_seen_at__lt=now - SILENT_AFTER)
    file_ends = Q(
        channel=Activation.Channel.OFFLINE, instance__document_ends_at__lt=now + FILE_ENDS_SOON
    )
    first = F("instance__over_since").asc(nulls_last=True)
    found = live.filter(over | silent | file_ends, collected_at__isnull=False)
    return found.order_by(first, "instance__last_seen_at", "pk")


def _asked(account: BusinessAccount, now: datetime) -> QuerySet[ActivationRequest]:
    handed_over = account.activation_requests.waiting(now).filter(handed_over_at__isnull=False)
    return handed_over.select_related("claimed_by").order_by("handed_over_at", "pk")
