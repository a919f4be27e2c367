"""The filters of the instance list, kept in its query string."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, Subquery
from django.db.models.functions import Lower
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from accounts.directory.models import BusinessAccount
from accounts.web.paging import bounded, read_key, read_words
from licensing.licenses.models import Instance, Key, License
from licensing.licenses.models.instance import InstanceQuerySet
from licensing.licenses.reading.instance_states import FILTERS, narrowed
from licensing.licenses.rules import releases

VERSIONS: Final = [str(number) for number in sorted(releases.RELEASED_ON, reverse=True)]


@dataclass(frozen=True)
class Filters:
    """The filters for an account's instances."""

    account: BusinessAccount
    words: str = ""
    state: str = ""
    version: str = ""
    license: License | None = None
    key: Key | None = None

    @property
    def narrow(self) -> bool:
        """True when any filter is set."""
        return bool(self.words or self.state or self.version or self.license or self.key)

    def rows(self, now: datetime) -> InstanceQuerySet:
        """The instances that pass, unordered."""
        found = narrowed(Instance.objects.filter(account=self.account), self.state, now)
        if self.version:
            found = found.filter(_of_version(self.version))
        if self.license:
            found = found.running_under(key__license=self.license)
        if self.key:
            found = found.running_under(key=self.key)
        return found.filter(_matches(self.words)) if self.words else found

    def by_name(self, now: datetime, after: uuid.UUID | None) -> InstanceQuerySet:
        """The same, ordered by name, starting after the instance `after`."""
        rows = self.rows(now).annotate(sorted_by=Lower("name")).order_by("sorted_by", "pk")
        every = Instance.objects.filter(account=self.account).annotate(sorted_by=Lower("name"))
        every = every.order_by("sorted_by", "pk")
        if after is None:
            return bounded(rows, every, self.words)
        last = Instance.objects.filter(account=self.account, public_id=after)
        name = Subquery(last.values(lower=Lower("name")))
        behind = Q(sorted_by__gt=name) | Q(sorted_by=name, pk__gt=Subquery(last.values("pk")))
        # The first condition is implied: with it, the index is entered at the right place.
        every = every.filter(behind, sorted_by__gte=name)
        return bounded(rows.filter(behind, sorted_by__gte=name), every, self.words)


def read(query: QueryDict, account: BusinessAccount) -> Filters:
    """The filters in a query string; unknown values are ignored, other accounts' rows are a 404."""
    license, key = read_key(query.get("license", "")), read_key(query.get("key", ""))
    state, version = query.get("state", ""), query.get("version", "")
    return Filters(
        account=account,
        words=read_words(query),
        state=state if state in FILTERS else "",
        version=version if version in VERSIONS else "",
        license=get_object_or_404(account.licenses.all(), public_id=license) if license else None,
        key=get_object_or_404(Key.objects.of_account(account), public_id=key) if key else None,
    )


def _matches(words: str) -> Q:
    """By name or host, or by the id that the console shows."""
    found = Q(name__icontains=words) | Q(host__icontains=words)
    number = read_key(words)
    return found | Q(instance_id=number) if number else found


def _of_version(number: str) -> Q:
    return Q(version=number) | Q(version__startswith=f"{number}.")
