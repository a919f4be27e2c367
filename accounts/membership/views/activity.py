"""The audit log of a business account, for its administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.audit.event_sentences import sentences
from accounts.audit.models import AuditEvent
from accounts.audit.registry import KINDS
from accounts.directory.models import BusinessAccount
from accounts.permissions import Permission
from accounts.web.paging import first_page


@dataclass(frozen=True)
class LogLine:
    """One line of the log, as it is read."""

    event: AuditEvent
    sentences: list[str]


@access.requires(Permission.ACTIVITY_VIEW)
@require_safe
def activity(request: MemberRequest) -> HttpResponse:
    """Who did what and when, newest first, 25 at a time; `kind` filters, `before` goes on.

    `of` is the slug of an account that was merged into this one: its log stays one of its own.
    """
    account = request.membership.account
    kind, of = request.GET.get("kind", ""), request.GET.get("of", "")
    before = request.GET.get("before", "")
    merged = BusinessAccount.objects.account_merged_into(account)
    shown = next((each for each in merged if each.slug == of), account)
    events = shown.events.order_by("-pk")
    if kind in KINDS:
        events = events.filter(event__startswith=f"{kind}.")
    if before.isascii() and before.isdigit() and len(before) <= 18:
        events = events.filter(pk__lt=int(before))
    page = first_page(events)
    context = {
        "entries": [LogLine(event, sentences(event)) for event in page.rows],
        "page": page,
        "merged": merged,
        "shown": shown,
        "of": "" if shown == account else shown.slug,
        "accounts": [("", account.name), *((each.slug, each.name) for each in merged)],
        "kind": kind if kind in KINDS else "",
        "kinds": [("", _("Everything")), *KINDS.items()],
        "before": before,
        "now": timezone.now(),
    }
    return render(request, "accounts/activity.html", context)
