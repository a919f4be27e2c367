"""What a business account owns and runs, as its overview needs it: five queries in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, Product
from licensing.licenses.reading.instance_states import InstanceState, state_of
from licensing.purchases.actions import unclaimed
from licensing.purchases.models import Purchase
from onboarding.overview.attention.problems import (
    MAX_PROBLEMS_SHOWN,
    AccountProblems,
    in_trouble,
    read_activations,
    read_ending,
)


@dataclass(frozen=True)
class OwnedProduct:
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
class RecentInstance:
    """An instance that was heard of lately."""

    activation: Activation
    state: InstanceState


@dataclass(frozen=True)
class Holdings(AccountProblems):
    """What an account owns and runs, each read once."""

    owned: list[OwnedProduct]
    asked: list[ActivationRequest]
    waiting: list[Purchase]
    seen: list[RecentInstance]


def read_holdings(account: BusinessAccount, *, by: User, manages: bool, now: datetime) -> Holdings:
    """All of it; what waits to be activated or added only for those who may do it."""
    live = read_activations(account, now=now, newest=MAX_PROBLEMS_SHOWN)
    newest = sorted(live, key=lambda each: (each.instance.last_seen_at, each.pk), reverse=True)
    return Holdings(
        ending=read_ending(account, today=now.date()),
        troubled=in_trouble(live, now),
        owned=_owned(account, now.date()),
        asked=list(_asked(account, now)[: MAX_PROBLEMS_SHOWN + 1]) if manages else [],
        waiting=list(unclaimed.of(by).select_related("license")[:2]) if manages else [],
        seen=[
            RecentInstance(each, state_of(each.instance, each, now))
            for each in newest[:MAX_PROBLEMS_SHOWN]
        ],
    )


def _owned(account: BusinessAccount, today: date) -> list[OwnedProduct]:
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
        OwnedProduct(
            Product(row["product"]),
            row["licenses"],
            row["all_seats"],
            row["taken"],
            row["next_end"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda owned: list(Product).index(owned.product))


def _asked(account: BusinessAccount, now: datetime) -> QuerySet[ActivationRequest]:
    handed_over = account.activation_requests.waiting(now).filter(handed_over_at__isnull=False)
    return handed_over.select_related("claimed_by").order_by("handed_over_at", "pk")
