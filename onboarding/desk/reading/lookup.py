"""Finding a company by whatever a caller can say: email, order, key, domain, name, reference.

Each question is one that an index answers, but for parts of names: those are read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from licensing.licenses.models import Instance, Key
from licensing.purchases.models import Purchase
from onboarding.desk.rules import search_terms as said
from onboarding.desk.rules.search_terms import SearchTerms
from onboarding.support.models import SupportMessage

_EACH: Final = 20
# Of so many finds the accounts are looked up: whoever sees twenty of them says more.
_MAX_FOUND: Final = 200


@dataclass
class Found:
    """What goes with some words; each list is short."""

    accounts: list[BusinessAccount] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    mails: list[OutboxMail] = field(default_factory=list)
    messages: list[SupportMessage] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(vars(self).values())


def search(text: str) -> Found:
    """Everything that `text` may mean; nothing for no words."""
    words = said.read(text)
    if words is None:
        return Found()
    purchases = _purchases(words)
    ids = {each.license.account_id for each in purchases if each.license.account_id}
    ids.update(*_accounts(words))
    accounts = BusinessAccount.objects.filter(pk__in=ids).select_related("merged_into")
    return Found(
        accounts=list(accounts.order_by("name", "pk")[:_EACH]),
        people=list(_people(words)[:_EACH]),
        purchases=purchases[:_EACH],
        mails=_mails(words),
        messages=list(_messages(words)[:_EACH]),
    )


def _accounts(words: SearchTerms) -> Iterator[list[int]]:
    """Ids of accounts, by each thing that the words can be."""
    accounts, members = BusinessAccount.objects, Membership.objects
    yield _some(accounts.filter(slug=words.text.lower()), "pk")
    if words.is_a_name:
        yield _some(accounts.filter(name__icontains=words.text), "pk")
    if words.email:
        yield _some(members.filter(user__email=words.email))
        yield _some(members.filter(user__emailaddress__email=words.email))
        yield _some(Invitation.objects.filter(email=words.email))
    else:
        yield _some(members.filter(user__email_domain=words.domain))
    if words.code:
        codes = Key.objects.filter(code=words.code, license__account__isnull=False)
        yield _some(codes, "license__account")
    if words.number:
        yield _some(Instance.objects.filter(instance_id=words.number))
    if words.reference:
        yield _some(AuditEvent.objects.filter(reference=words.reference))


def _some(rows: QuerySet[Any], column: str = "account") -> list[int]:
    return list(rows.values_list(column, flat=True)[:_MAX_FOUND])


def _purchases(words: SearchTerms) -> list[Purchase]:
    match = Q(license__in=Key.objects.filter(code=words.code).values("license"))
    if words.email:
        match = Q(primary_email=words.email)
    elif words.is_a_name:
        match |= Q(order_number__iexact=words.text) | Q(company__icontains=words.text)
        if "." in words.text:
            match |= Q(primary_email__endswith="@" + words.domain)
    rows = Purchase.objects.filter(match).select_related("license__account")
    return list(rows.order_by("-created_at", "pk")[:_MAX_FOUND])


def _people(words: SearchTerms) -> QuerySet[User]:
    match = Q(email_domain=words.domain) | Q(name__icontains=words.text)
    if words.email:
        match = Q(email=words.email) | Q(emailaddress__email=words.email)
    return User.objects.filter(pk__in=User.objects.filter(match).values("pk")).order_by("email")


def _mails(words: SearchTerms) -> list[OutboxMail]:
    if not words.email:
        return []
    sent = OutboxMail.objects.filter(to=words.email).defer("text", "html")
    return list(sent.select_related("account").order_by("-created_at")[:_EACH])


def _messages(words: SearchTerms) -> QuerySet[SupportMessage]:
    match = Q(email__iexact=words.text)
    if words.reference:
        match = Q(reference=words.reference)
    return SupportMessage.objects.filter(match).order_by("-created_at")
