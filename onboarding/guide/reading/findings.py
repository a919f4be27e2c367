"""Everything that is true for a proven mailbox (SPEC 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.identity.addresses import email_domain
from accounts.identity.public_domains import is_public
from accounts.membership.models import Invitation, JoinRequest
from accounts.web.paging import MAX_COUNTED
from licensing.purchases.models import Purchase
from licensing.purchases.models.purchase import PurchaseQuerySet

COLLEAGUES_SHOWN: Final = 5
PURCHASES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """What waits for, or belongs to, one address."""

    email: str
    person: User | None
    memberships: list[Membership]
    invitations: list[Invitation]
    opened: list[BusinessAccount]
    """Accounts opened by a purchase to this address, whose invitation has ended."""
    purchases: list[Purchase]
    """Bought online under this address; their licenses belong to no account yet."""
    colleagues: list[BusinessAccount]
    asked: set[int]
    """Accounts of colleagues that the person has already asked to join."""

    @property
    def has_asked_all(self) -> bool:
        return all(account.pk in self.asked for account in self.colleagues)

    @property
    def is_empty(self) -> bool:
        return not (self.person or self.invitations or self.opened or self.colleagues)


def of(email: str, *, now: datetime) -> Findings:
    """Look up a canonical address. Only for one whose mailbox is proven."""
    person = User.objects.filter(
        is_active=True, emailaddress__email=email, emailaddress__verified=True
    ).first()
    memberships = list(
        Membership.objects.filter(user=person).select_related("account").order_by("account__name")
        if person
        else ()
    )
    mine = [membership.account_id for membership in memberships]
    invitations = list(
        Invitation.objects.pending(now)
        .filter(email=email)
        .exclude(account__in=mine)
        .select_related("account", "invited_by")
        .order_by("-sent_at", "pk")
    )
    told = [*mine, *(invitation.account_id for invitation in invitations)]
    opened = list(_opened_for(email).exclude(pk__in=told)[:COLLEAGUES_SHOWN])
    told += [account.pk for account in opened]
    colleagues = accounts_of_colleagues(email).exclude(pk__in=told)[:COLLEAGUES_SHOWN]
    bought = _newest_of(email).unclaimed().select_related("license")
    waiting = JoinRequest.objects.waiting().filter(email=email)
    return Findings(
        email=email,
        person=person,
        memberships=[membership for membership in memberships if not membership.blocked_at],
        invitations=invitations,
        opened=opened,
        purchases=list(bought.order_by("pk")[:PURCHASES_SHOWN]),
        colleagues=list(colleagues),
        asked=set(waiting.values_list("account_id", flat=True)),
    )


def _opened_for(email: str) -> QuerySet[BusinessAccount]:
    """Accounts that a purchase to this address has opened and nobody administers yet."""
    bought = _newest_of(email).filter(license__account__isnull=False)
    administrators = Membership.objects.active().administrators().filter(account=OuterRef("pk"))
    return BusinessAccount.objects.filter(
        ~Exists(administrators),
        pk__in=bought.values("license__account"),
        origin=BusinessAccount.Origin.PURCHASE,
    ).order_by("name", "pk")


def _newest_of(email: str) -> PurchaseQuerySet:
    """Purchases to an address; of a reseller's, that has more, the last thousand."""
    newest = Purchase.objects.filter(primary_email=email).order_by("-license")
    return Purchase.objects.filter(pk__in=newest.values("pk")[:MAX_COUNTED])


def accounts_of_colleagues(email: str) -> QuerySet[BusinessAccount]:
    """Accounts that let people of exactly this company domain ask to join."""
    domain = email_domain(email)
    if is_public(domain):
        return BusinessAccount.objects.none()
    return BusinessAccount.objects.joinable_at(domain).order_by("name", "pk")
