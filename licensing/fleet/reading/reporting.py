"""The activation that a report is about, with the values the report is compared with."""

from __future__ import annotations

from functools import cache

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery, Sum

from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance


def of_token(digest: str) -> Activation | None:
    """The live activation for this instance token, with all that a check-in needs, in one query."""
    return _sights().filter(instance__token_digest=digest).first()


def of_instance(instance: Instance) -> Activation | None:
    """The same for an offline instance, which reports by file and has no token."""
    return _sights().filter(instance=instance).first()


@cache  # query sets are immutable, and building this one takes longer than running it
def _sights() -> QuerySet[Activation]:
    """Live, collected activations with the values that a report is compared with.

    `users_beside` is the sum of the latest peaks of the other instances under its key,
    `over_beside` is since when one of them has been over the seats, `reported_through` is the
    latest day that it reported.
    """
    live, collected = Activation.objects.live(), Activation.objects.live().collected()
    beside = live.filter(key=OuterRef("key")).exclude(instance=OuterRef("instance")).values("key")
    days = UsageDay.objects.filter(instance=OuterRef("instance")).values("instance")
    return collected.with_all().annotate(
        users_beside=Subquery(beside.values_list(Sum("instance__peak_users"))),
        over_beside=Subquery(beside.values_list(Min("instance__over_since"))),
        reported_through=Subquery(days.values_list(Max("date"))),
    )
