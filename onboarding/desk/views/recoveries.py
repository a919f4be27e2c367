"""A lost second step at the desk: one of staff starts the recovery, another one approves it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.directory.models import User
from accounts.recovery.actions import recoveries
from accounts.recovery.models import SecondStepRecovery
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.sign_in.views.staff import staff_only
from onboarding.desk.views import return_path
from onboarding.desk.views.return_path import back, when_refused


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def person_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then start the recovery of a person's second step; while it runs, show it."""
    person, by = get_object_or_404(User, pk=pk), return_path.staff(request)
    if request.method == "POST":
        recoveries.start_by_vendor(user=person, by=by, now=timezone.now())
        return back(request, _("The recovery of %s needs a colleague's approval.") % person)
    context = {
        "person": person,
        "memberships": person.memberships.select_related("account").order_by("account__name"),
        "recovery": person.recoveries.open().select_related("started_by").first(),
        "why_not": recoveries.why_not_by_vendor(user=person, by=by),
        "by": by,
        "back_url": return_path.came_from(request),
    }
    return render(request, "staff/person_recovery.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def recovery_approve(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then approve what a colleague started: 24 hours begin."""
    found = SecondStepRecovery.objects.select_related("user", "started_by")
    recovery = get_object_or_404(found, public_id=public_id)
    if request.method == "POST":
        recoveries.approve(recovery=recovery, by=return_path.staff(request), now=timezone.now())
        return back(
            request, _("The second step of %s will be removed in 24 hours.") % recovery.user
        )
    context = {"recovery": recovery, "back_url": return_path.came_from(request)}
    return render(request, "staff/recovery_approve.html", context)
