"""The whole story of a company on one page, for the staff member who is on the phone with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit.event_sentences import sentences
from accounts.directory.models import BusinessAccount
from accounts.membership.reading.invitation_outcome import outcome_of, with_outcome_facts
from accounts.outbox.models import OutboxMail
from accounts.sign_in.views.staff import staff_only
from licensing.licenses.reading.license_states import LicenseRow
from licensing.purchases.models import Purchase
from onboarding.desk.reading.company_history import Story
from onboarding.desk.reading.company_problems import troubles
from onboarding.desk.reading.summary import summary
from onboarding.support.models import SupportMessage

_EACH: Final = 50


@staff_only
@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands out, then purchases, people, invitations with their outcome, and all the rest."""
    account, now = _account(slug), timezone.now()
    story = _story(account, now)
    context = {
        "account": account,
        "merged_here": account.merged_here.order_by("name", "pk"),
        "now": now,
        "story": story,
        "troubles": troubles(story),
        "summary": summary(story),
        "figures": story.figures(at_most=_EACH),
    }
    return render(request, "staff/company.html", context)


def _account(slug: str) -> BusinessAccount:
    accounts = BusinessAccount.objects.select_related("merged_into")
    return get_object_or_404(accounts, slug=slug)


def _story(account: BusinessAccount, now: datetime) -> Story:
    return Story(account=account, now=now, **_people(account, now), **_owned(account, now))


def _people(account: BusinessAccount, now: datetime) -> dict[str, Any]:
    members = account.memberships.select_related("user").order_by("role", "user__name", "pk")
    invitations = with_outcome_facts(account.invitations.order_by("-sent_at", "-pk"))[:_EACH]
    claims = account.claims.select_related("user", "account").order_by("-pk")[:_EACH]
    addresses = account.memberships.values("user__email")
    messages = SupportMessage.objects.filter(email__in=addresses).order_by("-created_at")
    return {
        "members": list(members[:_EACH]),
        "invitations": [(each, outcome_of(each, now)) for each in invitations],
        "claims": [(claim, claim.state(now)) for claim in claims],
        "messages": list(messages[:_EACH]),
    }


def _owned(account: BusinessAccount, now: datetime) -> dict[str, Any]:
    bought = Purchase.objects.filter(license__account=account).select_related("license__account")
    licenses = account.licenses.order_by("-created_at", "-pk")[:_EACH]
    instances = account.instances.order_by("-last_seen_at", "-pk")[:_EACH]
    mails = OutboxMail.objects.filter(account=account).defer("text", "html")
    events = account.events.order_by("-pk")[:_EACH]
    return {
        "purchases": list(bought.order_by("-created_at", "-pk")[:_EACH]),
        "licenses": [LicenseRow(each, now.date()) for each in licenses],
        "instances": list(instances),
        "mails": list(mails.order_by("-created_at", "-pk")[:_EACH]),
        "events": [(event, sentences(event)) for event in events],
    }
