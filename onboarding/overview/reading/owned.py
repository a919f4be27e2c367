"""What a business account owns and runs, as its overview needs it: at most four queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from accounts.directory.models import BusinessAccount
from accounts.web.paging import MAX_COUNTED, any_of, counted
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, License, Product
from licensing.licenses.models.license import usable
from licensing.licenses.reading.instance_states import InstanceState, state_of
from onboarding.overview.attention.problems import (
    MAX_PROBLEMS_SHOWN,
    AccountProblems,
    in_trouble,
    read_activations,
    read_ending,
)


@dataclass(frozen=True)
class OwnedProduct:
    """The running licenses of one product, taken together.

    Of a product with over a thousand licenses, running or not, only that is known (`is_too_much`).
    """

    product: Product
    licenses: int
    seats: int
    taken: int
    next_end: date | None
    is_too_much: bool = False

    @property
    def counted(self) -> str:
        """How many licenses, as the page says it."""
        return counted(MAX_COUNTED + 1) if self.is_too_much else counted(self.licenses)

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
    seen: list[RecentInstance]


def read_holdings(account: BusinessAccount, *, manages: bool, now: datetime) -> Holdings:
    """All of it; what waits to be activated only for those who may do it."""
    live = read_activations(account, now=now, newest=MAX_PROBLEMS_SHOWN)
    newest = sorted(
        live, key=lambda each: (each.instance.heartbeat.last_seen_at, each.pk), reverse=True
    )
    return Holdings(
        ending=read_ending(account, today=now.date()),
        troubled=in_trouble(live, now),
        owned=_owned(account, now.date()),
        asked=list(_asked(account, now)[: MAX_PROBLEMS_SHOWN + 1]) if manages else [],
        seen=[
            RecentInstance(each, state_of(each.instance, each, now))
            for each in newest[:MAX_PROBLEMS_SHOWN]
        ],
    )


def _owned(account: BusinessAccount, today: date) -> list[OwnedProduct]:
    newest = License.objects.newest_of(account, MAX_COUNTED + 1)
    runs = usable(today)
    rows = (
        License.objects.filter(pk__in=any_of(newest))
        .order_by()
        .values("product")
        .annotate(
            all_of_it=Count("pk"),
            licenses=Count("pk", filter=runs),
            all_seats=Sum("seats", filter=runs),
            taken=Sum(F("seats_reserved") + F("seats_shared"), filter=runs),
            next_end=Min("ends_on", filter=runs & Q(ends_on__gte=today, auto_renew=False)),
        )
    )
    found = [
        OwnedProduct(
            Product(row["product"]),
            row["licenses"],
            row["all_seats"] or 0,
            row["taken"] or 0,
            row["next_end"],
            is_too_much=row["all_of_it"] > MAX_COUNTED,
        )
        for row in rows
    ]
    shown = [owned for owned in found if owned.licenses or owned.is_too_much]
    return sorted(shown, key=lambda owned: list(Product).index(owned.product))


def _asked(account: BusinessAccount, now: datetime) -> QuerySet[ActivationRequest]:
    handed_over = account.activation_requests.waiting(now).filter(handed_over_at__isnull=False)
    return handed_over.select_related("claimed_by").order_by("handed_over_at", "pk")
