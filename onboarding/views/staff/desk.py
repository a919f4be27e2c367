"""The staff's desk: what waits for a decision or an answer, and the search."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Claim, OutboxMail, SupportMessage
from accounts.models.email import Status
from accounts.views.staff import staff_only
from onboarding.views.staff import lookup

_EACH: Final = 25


@staff_only
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Search by `q`; without it, claims that are ready, messages, and mails that don't go out."""
    now, words = timezone.now(), request.GET.get("q", "").strip()[:254]
    context = {"words": words, "now": now}
    if words:
        return render(request, "staff/found.html", context | {"found": lookup.search(words)})
    claims = Claim.objects.open().select_related("account", "user").order_by("object_until", "pk")
    messages = SupportMessage.objects.unanswered().order_by("created_at", "pk")
    stuck = OutboxMail.objects.filter(status=Status.QUEUED, attempts__gt=0).defer("text", "html")
    context |= {
        "claims": [(claim, claim.state(now)) for claim in claims[:_EACH]],
        "support_messages": list(messages[:_EACH]),
        "mails": list(stuck.select_related("account").order_by("created_at", "pk")[:_EACH]),
    }
    return render(request, "staff/desk.html", context)
