"""One company, two accounts: which other accounts look like the same company, and why.

For administrators only. The other account's name is told when something here proves that the two
belong together: a domain or address that an administrator has proven, an installation that was in
both, a key of ours that was tried there. Who merely holds a key or shares an address of purchase
with somebody else isn't told whom (SPEC 2.2: prove, then tell).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Right
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.identity.addresses import email_domain
from accounts.identity.public_domains import is_public
from licensing.licenses.models import Instance, KeyAttempt
from licensing.purchases.models import Buyer

MAX_LOOKALIKES_SHOWN: Final = 10
_READ: Final = 100
_INSTANCES: Final = 1000  # those seen last: a look costs the same however many there are
_ADDRESSES: Final = 200
# More accounts than that under one address of purchase are a reseller's customers.
_FEW: Final = 4


class LookalikeSign(IntEnum):
    """What two accounts have in common, in the order in which it is told."""

    DOMAIN = 1
    BUYER = 2
    INSTALLATION = 3
    OUR_KEY = 4
    THEIR_KEY = 5
    BOTH_MINE = 6


_WORDS: Final[dict[LookalikeSign, str | Promise]] = {
    LookalikeSign.DOMAIN: gettext_lazy(
        "Administrators of both have proven an address at %(what)s."
    ),
    LookalikeSign.BUYER: gettext_lazy("Licenses of both were bought under %(what)s."),
    LookalikeSign.INSTALLATION: gettext_lazy("The instance %(what)s is known in both."),
    LookalikeSign.OUR_KEY: gettext_lazy("Somebody there tried to register your key …%(what)s."),
    LookalikeSign.THEIR_KEY: gettext_lazy(
        "Somebody here tried to register the key …%(what)s, which it holds."
    ),
    LookalikeSign.BOTH_MINE: gettext_lazy("You administer both."),
}
_NAMING: Final = frozenset(
    {
        LookalikeSign.DOMAIN,
        LookalikeSign.INSTALLATION,
        LookalikeSign.OUR_KEY,
        LookalikeSign.BOTH_MINE,
    }
)


@dataclass(frozen=True)
class LookalikeReason:
    sign: LookalikeSign
    what: str
    tells_name: bool

    def __str__(self) -> str:
        return str(_WORDS[self.sign]) % {"what": self.what}


@dataclass(frozen=True)
class Lookalike:
    """Another account that looks like the same company as ours, seen from ours."""

    ours: BusinessAccount
    account: BusinessAccount
    reasons: tuple[LookalikeReason, ...]
    has_administrator: bool

    @property
    def is_named(self) -> bool:
        return any(reason.tells_name for reason in self.reasons)

    @property
    def is_mine(self) -> bool:
        """True when the person who looks administers both."""
        return any(reason.sign is LookalikeSign.BOTH_MINE for reason in self.reasons)

    @property
    def is_told(self) -> bool:
        """True when something else than its administrator's being the same speaks for it."""
        return any(reason.sign is not LookalikeSign.BOTH_MINE for reason in self.reasons)

    @property
    def name(self) -> str:
        return self.account.name if self.is_named else unnamed()

    @property
    def ref(self) -> str:
        return ref(self.ours, self.account)


def ref(ours: BusinessAccount, other: BusinessAccount) -> str:
    """Stands for `other` in addresses of `ours`: means nothing to anybody, nor elsewhere."""
    pair = f"{ours.pk}:{other.pk}"
    return salted_hmac("licensing.twin", pair, algorithm="sha256").hexdigest()[:24]


def unnamed() -> str:
    """What an account is called within a sentence, as long as its name isn't told."""
    return _("the other account")


def of(account: BusinessAccount, *, by: User) -> list[Lookalike]:
    """The accounts that look like the same company as `account`, by name; two queries.

    `by` administers `account`; what they administer beside it is counted in.
    """
    found: dict[int, tuple[BusinessAccount, bool, dict[LookalikeSign, LookalikeReason]]] = {}
    for other, administrator, reason in _signs(account, by):
        reasons = found.setdefault(other.pk, (other, administrator, {}))[2]
        earlier = reasons.get(reason.sign)
        if earlier is None or (reason.tells_name and not earlier.tells_name):
            reasons[reason.sign] = reason
    twins = [
        Lookalike(account, other, tuple(reasons[sign] for sign in sorted(reasons)), administrator)
        for other, administrator, reasons in found.values()
    ]
    return sorted(twins, key=lambda twin: (not twin.is_told, not twin.is_named, twin.name))


def find(account: BusinessAccount, ref: str, *, by: User) -> Lookalike | None:
    """The twin that `ref` stands for in this account."""
    return next((twin for twin in of(account, by=by) if twin.ref == ref), None)


def _signs(
    account: BusinessAccount, by: User
) -> Iterator[tuple[BusinessAccount, bool, LookalikeReason]]:
    proven = _proven(account)
    domains = {email_domain(email) for email, primary in proven if primary}
    domains = {domain for domain in domains if not is_public(domain)}
    ours = {email for email, _primary in proven}
    branches = [
        *([_of_domains(account, sorted(domains))] if domains else []),
        _of_buyers(account),
        _of_installations(account),
        _of_keys_tried_there(account),
        _of_keys_tried_here(account),
        _of_mine(account, by),
    ]
    first, *others = branches
    rows = first.union(*others).order_by("sign", "name_there", "what")
    for pk, name, slug, administrator, sign, what in rows[:_READ]:
        kind = LookalikeSign(sign)
        tells = kind in _NAMING
        if kind is LookalikeSign.BUYER:
            tells = what in ours or email_domain(what) in domains
        other = BusinessAccount(pk=pk, name=name, slug=slug)
        yield other, bool(administrator), LookalikeReason(kind, what, tells)


def _proven(account: BusinessAccount) -> Sequence[tuple[str, bool]]:
    """Addresses that the administrators have proven, and whether each is who they are."""
    administrators = Membership.objects.active().administrators().filter(account=account)
    proven = EmailAddress.objects.filter(user__in=administrators.values("user"), verified=True)
    return list(proven.order_by("pk").values_list("email", "primary")[:_ADDRESSES])


def _of_domains(account: BusinessAccount, domains: Sequence[str]) -> QuerySet[Any, Any]:
    """Administrated from the same domain; accounts may opt out of being found by that."""
    there = (
        Membership.objects.active()
        .administrators()
        .filter(
            account__joinable_by_domain=True,
            user__email_domain__in=domains,
            user__emailaddress__verified=True,
            user__emailaddress__primary=True,
        )
    )
    return _columns(there, account, "account", LookalikeSign.DOMAIN, F("user__email_domain"))


def _of_buyers(account: BusinessAccount) -> QuerySet[Any, Any]:
    mine = Buyer.objects.filter(account=account).values("primary_email")
    shared = Buyer.objects.filter(primary_email__in=mine).values("primary_email")
    few = shared.annotate(accounts=Count("account", distinct=True)).filter(accounts__lte=_FEW)
    there = Buyer.objects.filter(primary_email__in=few.values("primary_email"))
    return _columns(there, account, "account", LookalikeSign.BUYER, F("primary_email"))


def _of_installations(account: BusinessAccount) -> QuerySet[Any, Any]:
    mine = Instance.objects.filter(account=account)
    latest = mine.order_by("-last_seen_at").values("instance_id")[:_INSTANCES]
    there = Instance.objects.filter(instance_id__in=latest)
    name = Subquery(mine.filter(instance_id=OuterRef("instance_id")).values("name")[:1])
    return _columns(there, account, "account", LookalikeSign.INSTALLATION, name)


def _of_keys_tried_there(account: BusinessAccount) -> QuerySet[Any, Any]:
    tried = KeyAttempt.objects.filter(key__license__account=account)
    return _columns(tried, account, "account", LookalikeSign.OUR_KEY, Right("key__code", 5))


def _of_keys_tried_here(account: BusinessAccount) -> QuerySet[Any, Any]:
    tried = KeyAttempt.objects.filter(account=account)
    return _columns(
        tried, account, "key__license__account", LookalikeSign.THEIR_KEY, Right("key__code", 5)
    )


def _of_mine(account: BusinessAccount, by: User) -> QuerySet[Any, Any]:
    mine = Membership.objects.active().administrators().filter(user=by)
    return _columns(mine, account, "account", LookalikeSign.BOTH_MINE, Value(""))


def _columns(
    rows: QuerySet[Any], account: BusinessAccount, other: str, sign: LookalikeSign, what: Any
) -> QuerySet[Any, Any]:
    """Rows of another open account as (its id, name, slug, has an administrator, sign, what)."""
    administrators = Membership.objects.active().administrators()
    there = rows.filter(**{f"{other}__merged_into": None, f"{other}__isnull": False})
    columns: QuerySet[Any, Any] = (
        there.exclude(**{other: account})
        .annotate(
            other=F(f"{other}__pk"),
            name_there=F(f"{other}__name"),
            slug=F(f"{other}__slug"),
            has_administrator=Exists(administrators.filter(account=OuterRef(other))),
            sign=Value(sign.value),
            what=what,
        )
        .values_list("other", "name_there", "slug", "has_administrator", "sign", "what")
        .order_by()
        .distinct()
    )
    return columns
