"""The filter of the license list, kept in the query string."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.web.paging import read_words
from licensing.licenses.models import Key, License, Product
from licensing.licenses.models.license import LicenseQuerySet
from licensing.licenses.reading.license_states import WORDS
from licensing.licenses.rules import key_codes
from licensing.licenses.rules.entitlement import LicenseStatus

WITH_STATUS: Final[dict[str, Callable[[LicenseQuerySet, date], LicenseQuerySet]]] = {
    LicenseStatus.ACTIVE.value: LicenseQuerySet.active,
    LicenseStatus.EXPIRES_SOON.value: LicenseQuerySet.expires_soon,
    LicenseStatus.IN_GRACE.value: LicenseQuerySet.in_grace,
    LicenseStatus.EXPIRED.value: LicenseQuerySet.expired,
    LicenseStatus.SUSPENDED.value: LicenseQuerySet.suspended,
    LicenseStatus.NOT_STARTED.value: LicenseQuerySet.not_started,
}
CHOICES: Final = {
    "product": [("", _("All products")), *Product.choices],
    "kind": [("", _("All kinds")), *License.Kind.choices],
    "status": [("", _("Any status")), *((status.value, WORDS[status]) for status in WORDS)],
}


@dataclass(frozen=True)
class LicenseFilter:
    """Search words and one product, kind or status; empty means all."""

    q: str = ""
    product: str = ""
    kind: str = ""
    status: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> LicenseFilter:
        """The filter in a query string; unknown values are ignored."""
        known = {
            name: query.get(name, "")
            for name, choices in CHOICES.items()
            if query.get(name, "") in dict(choices)
        }
        return cls(q=read_words(query), **known)

    @property
    def query(self) -> str:
        """The filter as a query string."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def narrow(self, licenses: LicenseQuerySet, on: date) -> LicenseQuerySet:
        """The licenses that pass the filter, by their state on the day `on`."""
        if self.product:
            licenses = licenses.filter(product=self.product)
        if self.kind:
            licenses = licenses.filter(kind=self.kind)
        if self.status:
            licenses = WITH_STATUS[self.status](licenses, on)
        return licenses.filter(_matches(self.q)) if self.q else licenses


def _matches(words: str) -> Q:
    """Matches a part of the name, a whole key in any spelling, or its last five characters."""
    found = Q(name__icontains=words) | Q(pk__in=Key.objects.ending_in(words).values("license"))
    try:
        code = key_codes.canonical(words)
    except key_codes.InvalidKey:
        return found
    return found | Q(pk__in=Key.objects.filter(code=code).values("license"))
