"""Stopping licenses and letting them run again, and how many trials a company may have."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.directory.models import BusinessAccount
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.sign_in.views.staff import staff_only
from licensing.licenses.actions import suspension, trials
from licensing.licenses.models import Activation, License
from onboarding.desk.forms import ReasonForm, TrialsForm
from onboarding.desk.views import return_path
from onboarding.desk.views.return_path import back, when_refused


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def license_suspend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then stop a license."""
    done = gettext_lazy("%s is suspended. Its license managers were notified.")
    return _turn(request, public_id, suspension.suspend, "suspend", done)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def license_resume(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then let it run again."""
    done = gettext_lazy("%s is active again. Its license managers were notified.")
    return _turn(request, public_id, suspension.resume, "resume", done)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def trials_allow(request: HttpRequest, slug: str) -> HttpResponse:
    """How many trials a company may have, and has; staff can allow more."""
    account, now = get_object_or_404(BusinessAccount, slug=slug), timezone.now()
    has = trials.allowance(account, now=now)
    initial = {"at_once": has.at_once, "a_year": has.a_year}
    form = TrialsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        trials.allow(
            account=account,
            at_once=form.cleaned_data["at_once"],
            a_year=form.cleaned_data["a_year"],
            reason=form.cleaned_data["reason"],
            by=return_path.staff(request),
            now=now,
        )
        return back(request, _("The number of trials for %s was changed.") % account)
    context = {"form": form, "account": account, "has": has}
    context["back_url"] = return_path.came_from(request)
    return render(request, "staff/trials.html", context)


def _turn(
    request: HttpRequest,
    public_id: uuid.UUID,
    act: Callable[..., bool],
    name: str,
    done: str | Promise,
) -> HttpResponse:
    license = get_object_or_404(License.objects.select_related("account"), public_id=public_id)
    if license.account is None:
        raise Http404  # it stands on no company's page; the vendor's systems can stop it
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, by = form.cleaned_data["reason"], return_path.staff(request)
        if act(license=license, reason=reason, by=by, now=timezone.now()):
            return back(request, str(done) % license)
        return back(request, _("%s was already like that. Nothing changed.") % license)
    context = {
        "form": form,
        "license": license,
        "running": Activation.objects.live().filter(key__license=license).count(),
        "back_url": return_path.came_from(request),
    }
    return render(request, f"staff/license_{name}.html", context)
