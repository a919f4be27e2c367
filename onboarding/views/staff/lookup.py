"""Finding a company by whatever a caller can say: email, order, key, domain, name, reference."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q, QuerySet

from accounts.identity import InvalidEmail, canonical_email
from accounts.models import AuditEvent, BusinessAccount, OutboxMail, SupportMessage, User
from licensing import key_codes
from licensing.models import Instance, Key, Purchase

_EACH: Final = 20


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


def search(words: str) -> Found:
    """Everything that `words` may mean; nothing for no words."""
    words = words.strip()[:254]
    if not words or not words.isprintable():
        return Found()
    match = _accounts(words)
    purchases = _purchases(words)
    messages = SupportMessage.objects.filter(Q(reference__iexact=words) | Q(email__iexact=words))
    return Found(
        accounts=list(BusinessAccount.objects.filter(match).order_by("name", "pk")[:_EACH]),
        people=list(User.objects.filter(_people(words)).order_by("email")[:_EACH]),
        purchases=list(purchases.order_by("-created_at", "pk")[:_EACH]),
        mails=_mails(words),
        messages=list(messages.order_by("-created_at")[:_EACH]),
    )


def _accounts(words: str) -> Q:
    match = Q(name__icontains=words) | Q(slug=words.lower())
    match |= Q(pk__in=AuditEvent.objects.filter(reference__iexact=words).values("account"))
    if email := _email(words):
        match |= Q(memberships__user__email=email) | Q(invitations__email=email)
    if code := _code(words):
        match |= Q(pk__in=Key.objects.filter(code=code).values("license__account"))
    if number := _uuid(words):
        match |= Q(pk__in=Instance.objects.filter(instance_id=number).values("account"))
    bought = _purchases(words).values("license__account")
    domain = Q(memberships__user__email_domain=words.lower().lstrip("@"))
    ids = BusinessAccount.objects.filter(match | Q(pk__in=bought) | domain).values("pk")
    return Q(pk__in=ids)


def _people(words: str) -> Q:
    match = Q(email=_email(words)) | Q(emailaddress__email=_email(words))
    if not _email(words):
        match = Q(name__icontains=words) | Q(email_domain=words.lower().lstrip("@"))
    return Q(pk__in=User.objects.filter(match).values("pk"))


def _purchases(words: str) -> QuerySet[Purchase]:
    match = Q(order_number__iexact=words) | Q(company__icontains=words)
    if email := _email(words):
        match |= Q(primary_email=email)
    elif "." in words:
        match |= Q(primary_email__iendswith="@" + words.lstrip("@"))
    if code := _code(words):
        match |= Q(license__keys__code=code)
    ids = Purchase.objects.filter(match).values("pk")
    return Purchase.objects.filter(pk__in=ids).select_related("license__account")


def _mails(words: str) -> list[OutboxMail]:
    email = _email(words)
    if not email:
        return []
    sent = OutboxMail.objects.filter(to=email).defer("text", "html")
    return list(sent.order_by("-created_at")[:_EACH])


def _email(words: str) -> str:
    try:
        return canonical_email(words)
    except InvalidEmail:
        return ""


def _code(words: str) -> str:
    try:
        return key_codes.canonical(words)
    except key_codes.InvalidKey:
        return ""


def _uuid(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words)
    except ValueError:
        return None
