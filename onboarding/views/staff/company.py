"""The whole story of a company on one page, for the staff member who is on the phone with it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import BusinessAccount, OutboxMail, SupportMessage
from accounts.models.fate import fate_of, with_facts
from accounts.views.sentences import sentences
from accounts.views.staff import staff_only
from licensing import entitlement
from licensing.models import Purchase
from licensing.views.license_states import WORDS

_EACH: Final = 50


@staff_only
@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """Purchases, licenses, people, invitations with their fate, mails, instances, activity."""
    account = get_object_or_404(BusinessAccount, slug=slug)
    context = {"account": account, "now": timezone.now(), **_people(account), **_owned(account)}
    return render(request, "staff/company.html", context | _told(account))


def _people(account: BusinessAccount) -> dict[str, Any]:
    now = timezone.now()
    members = account.memberships.select_related("user").order_by("role", "user__name", "pk")
    invitations = with_facts(account.invitations.order_by("-sent_at", "-pk"))[:_EACH]
    claims = account.claims.select_related("user").order_by("-pk")[:_EACH]
    return {
        "members": list(members[:_EACH]),
        "invitations": [(each, fate_of(each, now)) for each in invitations],
        "claims": [(claim, claim.state(now)) for claim in claims],
    }


def _owned(account: BusinessAccount) -> dict[str, Any]:
    today = timezone.now().date()
    bought = Purchase.objects.filter(license__account=account).select_related("license")
    licenses = account.licenses.order_by("-created_at", "-pk")[:_EACH]
    instances = account.instances.order_by("-last_seen_at", "-pk")[:_EACH]
    return {
        "purchases": list(bought.order_by("-created_at", "-pk")[:_EACH]),
        "licenses": [(each, WORDS[entitlement.status(each, today)]) for each in licenses],
        "instances": list(instances),
    }


def _told(account: BusinessAccount) -> dict[str, Any]:
    mails = OutboxMail.objects.filter(account=account).defer("text", "html")
    events = account.events.order_by("-pk")[:_EACH]
    people = account.memberships.values("user__email")
    return {
        "mails": list(mails.order_by("-created_at", "-pk")[:_EACH]),
        "events": [(event, sentences(event)) for event in events],
        "support_messages": list(
            SupportMessage.objects.filter(email__in=people).order_by("-created_at")[:_EACH]
        ),
    }
