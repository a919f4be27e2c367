"""The activation that a report is about, read with what the report is compared to."""

from __future__ import annotations

from functools import cache

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery, Sum

from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation, Instance


def of_token(digest: str) -> Activation | None:
    """The live activation of the instance with this token, and what a check-in needs: one query."""
    return _sights().filter(instance__token_digest=digest).first()


def of_instance(instance: Instance) -> Activation | None:
    """The same for an instance that reports by file, and has no token."""
    return _sights().filter(instance=instance).first()


@cache  # a query set is immutable, and putting this one together takes longer than its answer
def _sights() -> QuerySet[Activation]:
    """Live activations that their consoles have collected, with what a report is compared to.

    `users_beside` counts the latest peaks of the instances that share its seats, `over_beside` is
    since when one of them is over them, `reported_through` is the latest day that it reported.
    """
    live, collected = Activation.objects.live(), Activation.objects.live().collected()
    beside = live.filter(key=OuterRef("key")).exclude(instance=OuterRef("instance")).values("key")
    days = UsageDay.objects.filter(instance=OuterRef("instance")).values("instance")
    return collected.with_all().annotate(
        users_beside=Subquery(beside.values_list(Sum("instance__peak_users"))),
        over_beside=Subquery(beside.values_list(Min("instance__over_since"))),
        reported_through=Subquery(days.values_list(Max("date"))),
    )
