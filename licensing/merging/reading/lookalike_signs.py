"""What two accounts have in common, as one query finds it; what it means is said in lookalikes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Any, Final, NamedTuple

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Right

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.identity.public_domains import public
from licensing.licenses.models import Instance, KeyAttempt
from licensing.merging.models import Merge
from licensing.purchases.models import Buyer

_READ: Final = 300
_INSTANCES: Final = 200  # those seen last: a look costs the same however many there are
_ADMINISTRATORS: Final = 100
_ADDRESSES: Final = 200
# More accounts than that under one address of purchase are a reseller's customers.
_FEW: Final = 4
_COLUMNS: Final = (
    "other",
    "name_there",
    "slug",
    "has_administrator",
    "is_known",
    "sign",
    "what",
)
# Keys that no row has.
_ACCOUNT: Final = -1_000_001
_PERSON: Final = -1_000_002
# Before all signs: what administrators here have proven, that they sign in with and beside it.
PROVEN_AS_PRIMARY: Final = -1
PROVEN: Final = 0


class LookalikeSign(IntEnum):
    """What two accounts have in common, in the order in which it is told."""

    DOMAIN = 1
    BUYER = 2
    INSTALLATION = 3
    OUR_KEY = 4
    THEIR_KEY = 5
    BOTH_MINE = 6


class Other(NamedTuple):
    """The account that a sign leads to, and what is asked about it."""

    pk: int
    name: str
    slug: str
    has_administrator: bool
    is_known: bool


def rows(account: BusinessAccount, by: User) -> Iterator[tuple[Other, int, str]]:
    """The other account, a LookalikeSign, and what it is about; first, with a number that is no
    sign, what the administrators of `account` have proven. One query."""
    sql, values = _compiled(connection.vendor)
    meant = {_ACCOUNT: account.pk, _PERSON: by.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [meant.get(value, value) for value in values])
        found = cursor.fetchall()
    for *other, sign, what in found:
        yield Other(*other), sign, what


@cache  # to put this query together takes Django longer than the database needs for its answer
def _compiled(vendor: str) -> tuple[str, list[Any]]:
    """The query and its values, for an account and a person that stand for all others."""
    account, by = BusinessAccount(pk=_ACCOUNT), User(pk=_PERSON)
    branches = [
        _of_domains(account),
        _of_buyers(account),
        _of_installations(account),
        _of_keys_tried_there(account),
        _of_keys_tried_here(account),
        _of_mine(account, by),
    ]
    found = _proven(account).union(*branches).order_by("sign", "name_there", "what")
    sql, values = found[:_READ].query.get_compiler(connection=connection).as_sql()
    assert {_ACCOUNT, _PERSON} <= set(values), vendor
    return sql, list(values)


def _proven(account: BusinessAccount) -> QuerySet[Any, Any]:
    """Addresses that the administrators have proven, as rows like all others."""
    proven = EmailAddress.objects.filter(user__in=_administrators(account), verified=True)
    rows: QuerySet[Any, Any] = (
        EmailAddress.objects.filter(pk__in=proven.order_by("pk").values("pk")[:_ADDRESSES])
        .annotate(
            other=Value(account.pk),
            name_there=Value(""),
            slug=Value(""),
            has_administrator=Value(True),
            is_known=Value(True),
            sign=Case(When(primary=True, then=PROVEN_AS_PRIMARY), default=PROVEN),
            what=F("email"),
        )
        .values_list(*_COLUMNS)
        .order_by()
    )
    return rows


def _administrators(account: BusinessAccount) -> QuerySet[Any, Any]:
    """Some of the account's administrators. The bound makes the database begin with them, and not
    with every address there is."""
    administrators = Membership.objects.active().administrators().filter(account=account)
    return administrators.by_age().values("user")[:_ADMINISTRATORS]


def _of_domains(account: BusinessAccount) -> QuerySet[Any, Any]:
    """Administrated from the same domain; accounts may opt out of being found by that."""
    ours = User.objects.filter(
        pk__in=_administrators(account),
        emailaddress__verified=True,
        emailaddress__primary=True,
    ).exclude(public("email_domain"))
    there = (
        Membership.objects.active()
        .administrators()
        .filter(
            account__joinable_by_domain=True,
            email_domain__in=ours.values("email_domain"),
            user__emailaddress__verified=True,
            user__emailaddress__primary=True,
        )
    )
    return _columns(there, account, "account", LookalikeSign.DOMAIN, F("email_domain"))


def _of_buyers(account: BusinessAccount) -> QuerySet[Any, Any]:
    mine = Buyer.objects.filter(account=account).values("primary_email")
    shared = Buyer.objects.filter(primary_email__in=mine).values("primary_email")
    few = shared.annotate(accounts=Count("account", distinct=True)).filter(accounts__lte=_FEW)
    there = Buyer.objects.filter(primary_email__in=few.values("primary_email"))
    return _columns(there, account, "account", LookalikeSign.BUYER, F("primary_email"))


def _of_installations(account: BusinessAccount) -> QuerySet[Any, Any]:
    mine = Instance.objects.filter(account=account)
    latest = mine.order_by("-seen_around").values("instance_id")[:_INSTANCES]
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
    """Rows about another open account, as `Other` and with the sign and what it says."""
    administrators = Membership.objects.active().administrators()
    there = rows.filter(**{f"{other}__merged_into": None, f"{other}__isnull": False})
    ours, theirs = Merge.objects.about(account), OuterRef(other)
    columns: QuerySet[Any, Any] = (
        there.exclude(**{other: account})
        .annotate(
            other=F(f"{other}__pk"),
            name_there=F(f"{other}__name"),
            slug=F(f"{other}__slug"),
            has_administrator=Exists(administrators.filter(account=OuterRef(other))),
            is_known=Exists(ours.filter(Q(source=theirs) | Q(target=theirs))),
            sign=Value(sign.value),
            what=what,
        )
        .values_list(*_COLUMNS)
        .order_by()
        .distinct()
    )
    return columns
