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
from accounts.web.paging import any_of
from licensing.licenses.models import License
from licensing.licenses.reading.license_states import LicenseRow
from licensing.purchases.models import Purchase
from onboarding.desk.reading.company_history import Story
from onboarding.desk.reading.company_problems import troubles
from onboarding.desk.reading.summary import summary
from onboarding.support.models import SupportMessage

_EACH: Final = 50
_ASKED: Final = 1000  # members of whom it is looked up what they wrote to support


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
    members = account.memberships.select_related("user")
    administrators = members.active().administrators().by_age()[:_EACH]
    first = {each.pk: each for each in (*administrators, *members.order_by("listed_as")[:_EACH])}
    shown = sorted(first.values(), key=lambda each: (each.role, each.user.name, each.pk))[:_EACH]
    invitations = with_outcome_facts(account.invitations.order_by("-sent_at", "-pk"))[:_EACH]
    claims = account.claims.select_related("user", "account").order_by("-pk")[:_EACH]
    # Of more members, those who joined last.
    some = account.memberships.order_by("-pk").values("user__email")[:_ASKED]
    written = SupportMessage.objects.filter(email__in=some).order_by("-created_at")
    return {
        "members": shown,
        "invitations": [(each, outcome_of(each, now)) for each in invitations],
        "claims": [(claim, claim.state(now)) for claim in claims],
        "messages": list(written[:_EACH]),
    }


def _owned(account: BusinessAccount, now: datetime) -> dict[str, Any]:
    newest = License.objects.filter(
        pk__in=any_of(License.objects.newest_of(account, _EACH))
    ).order_by("-created_at", "-pk")[:_EACH]
    sold = License.objects.exclude(kind=License.Kind.TRIAL).newest_of(account, _EACH)
    bought = Purchase.objects.filter(pk__in=any_of(sold)).select_related("license__account")
    instances = account.instances.select_related("heartbeat").order_by("-seen_around")[:_EACH]
    mails = OutboxMail.objects.filter(account=account).defer("text", "html")
    events = account.events.order_by("-pk")[:_EACH]
    return {
        "purchases": list(bought.order_by("-created_at", "-pk")[:_EACH]),
        "licenses": [LicenseRow(each, now.date()) for each in newest],
        "instances": list(instances),
        "mails": list(mails.order_by("-created_at", "-pk")[:_EACH]),
        "events": [(event, sentences(event)) for event in events],
    }
