"""What the overview has to know before it reads rows: counts and questions, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, Subquery, Value

from accounts.directory.models import BusinessAccount, User
from accounts.web.paging import CountUpTo
from licensing.merging.models import Merge
from licensing.purchases.actions import unclaimed
from onboarding.overview.attention.licenses import WaitingPurchases
from onboarding.overview.attention.people import counts_of


def read_figures(
    account: BusinessAccount, *, by: User, manages_licenses: bool
) -> Mapping[str, Any]:
    """The counts of `people_of`, `waiting` to be added by `by`, and whether a proposal to merge
    waits for an answer (`is_proposed_to`)."""
    waiting = unclaimed.of(by)
    if not manages_licenses:
        waiting = waiting.none()
    first = waiting.order_by("pk")
    merges = Merge.objects.open().about(account)
    row = BusinessAccount.objects.filter(pk=account.pk).values(
        **counts_of(account),
        is_proposed_to=Exists(merges),
        waiting=CountUpTo(waiting, 2) if manages_licenses else Value(0),
        license=Subquery(first.values("license__name")[:1]),
        email=Subquery(first.values("primary_email_display")[:1]),
    )
    found: dict[str, Any] = dict(row.get())
    purchases = WaitingPurchases(
        found["waiting"], found.pop("license") or "", found.pop("email") or ""
    )
    return found | {"waiting": purchases}
