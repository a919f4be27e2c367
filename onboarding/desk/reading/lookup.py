"""Finding a company by whatever a caller can say: email, order, key or its last five, domain, name,
instance, host, reference.

Each question is put to one table by itself and answered by one look into an index: joined by "or",
all of them would read whole tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

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
    purchases = _newest(each for rows in _purchases(words) for each in rows)
    ids = {each.license.account_id for each in purchases if each.license.account_id}
    ids.update(*_accounts(words))
    accounts = BusinessAccount.objects.filter(pk__in=ids).select_related("merged_into")
    return Found(
        accounts=list(accounts.order_by("name", "pk")[:_EACH]),
        people=_people(words),
        purchases=purchases[:_EACH],
        mails=_mails(words),
        messages=list(_messages(words)[:_EACH]),
    )


def _accounts(words: SearchTerms) -> Iterator[list[int]]:
    """Ids of accounts, by each thing that the words can be."""
    accounts, members = BusinessAccount.objects, Membership.objects
    keys = Key.objects.filter(license__account__isnull=False)
    if words.email:
        yield _some(members.filter(user__email=words.email))
        yield _some(members.with_address(words.email))
        yield _some(Invitation.objects.filter(email=words.email))
        return
    yield _some(accounts.filter(slug=words.text.lower()), "pk")
    if words.is_a_name:
        yield _some(accounts.filter(name__icontains=words.text), "pk")
        yield _some(members.filter(user__email_domain=words.domain))
        yield _some(keys.ending_in(words.text), "license__account")
    if "." in words.text:
        yield _some(Instance.objects.filter(host__iexact=words.text))
    if words.code:
        yield _some(keys.filter(code=words.code), "license__account")
    if words.number:
        yield _some(Instance.objects.filter(instance_id=words.number))
    if words.reference:
        yield _some(AuditEvent.objects.filter(reference=words.reference))


def _some(rows: QuerySet[Any], column: str = "account") -> list[int]:
    return list(rows.values_list(column, flat=True)[:_MAX_FOUND])


def _purchases(words: SearchTerms) -> Iterator[QuerySet[Purchase]]:
    """The same of purchases; of one address, the newest."""
    rows = Purchase.objects.select_related("license__account")
    if words.email:
        yield rows.filter(primary_email=words.email).order_by("-license")[:_MAX_FOUND]
        return
    if words.code:
        yield rows.filter(license__in=Key.objects.filter(code=words.code).values("license"))
    if words.is_a_name:
        spellings = {words.text, words.text.upper(), words.text.lower()}
        yield rows.filter(order_number__in=spellings)
        yield rows.filter(company__icontains=words.text)[:_MAX_FOUND]
        if "." in words.text:
            yield rows.under_domain(words.domain)[:_MAX_FOUND]


def _newest(purchases: Iterable[Purchase]) -> list[Purchase]:
    found = {each.pk: each for each in purchases}
    return sorted(found.values(), key=lambda each: (each.created_at, each.pk), reverse=True)


def _people(words: SearchTerms) -> list[User]:
    people = User.objects
    parts = (
        [people.filter(email=words.email), people.filter(emailaddress__email=words.email)]
        if words.email
        else [people.filter(email_domain=words.domain)]
    )
    if words.is_a_name:
        parts.append(people.filter(name__icontains=words.text))
    found = {each.pk: each for part in parts for each in part[:_EACH]}
    return sorted(found.values(), key=lambda each: each.email)[:_EACH]


def _mails(words: SearchTerms) -> list[OutboxMail]:
    if not words.email:
        return []
    sent = OutboxMail.objects.filter(to=words.email).defer("text", "html")
    return list(sent.select_related("account").order_by("-created_at")[:_EACH])


def _messages(words: SearchTerms) -> QuerySet[SupportMessage]:
    messages = SupportMessage.objects.order_by("-created_at")
    if words.reference:
        return messages.filter(reference=words.reference)
    return messages.filter(email=words.email) if words.email else messages.none()
