"""The staff's desk: what waits for a decision or an answer, and the search."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.membership.models import Claim, Invitation
from accounts.outbox.models import OutboxMail, Status
from accounts.recovery.models import SecondStepRecovery
from accounts.sign_in.views.staff import staff_only
from onboarding.desk.reading import lookup
from onboarding.support.models import SupportMessage

_EACH: Final = 25
_LATELY: Final = timedelta(days=14)
# Mails that nobody but us sent: no inviter sees that they came back.
_OURS: Final = ("account_known", "purchase_waits", "support_message", "support_receipt")


@staff_only
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Search by `q`; without it, claims that are ready, messages, and mails in trouble."""
    now, words = timezone.now(), request.GET.get("q", "").strip()[:254]
    context = {"words": words, "now": now}
    if words:
        return render(request, "staff/found.html", context | {"found": lookup.search(words)})
    claims = Claim.objects.open().select_related("account", "user").order_by("object_until", "pk")
    messages = SupportMessage.objects.unanswered().order_by("created_at", "pk")
    stuck = OutboxMail.objects.filter(status=Status.QUEUED, attempts__gt=0).defer("text", "html")
    recoveries = SecondStepRecovery.objects.open().filter(due_at=None)
    context |= {
        "recoveries": list(
            recoveries.select_related("user", "started_by").order_by("started_at")[:_EACH]
        ),
        "claims": [(claim, claim.state(now)) for claim in claims[:_EACH]],
        "support_messages": list(messages[:_EACH]),
        "stuck": list(stuck.select_related("account").order_by("created_at", "pk")[:_EACH]),
        "came_back": list(_came_back(now)[:_EACH]),
    }
    return render(request, "staff/desk.html", context)


def _came_back(now: datetime) -> QuerySet[OutboxMail]:
    """The vendor's mails of the last 14 days that didn't arrive, and still matter."""
    open_ones = Invitation.objects.open().filter(invited_by=None, mail=OuterRef("pk"))
    lately = OutboxMail.objects.came_back().filter(created_at__gt=now - _LATELY)
    ours = lately.filter(Q(kind__in=_OURS) | Exists(open_ones))
    return ours.select_related("account").defer("text", "html").order_by("-created_at", "-pk")
