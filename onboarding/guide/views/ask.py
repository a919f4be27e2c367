"""Ask an administrator: the portal carries the request, and shows nobody's address (SPEC A13)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.directory.models import User
from accounts.errors import AlreadyMember
from accounts.limits import failures
from accounts.membership.actions import join_requests
from accounts.web.destinations import next_url, with_next
from onboarding.guide.actions import deferred_tasks
from onboarding.guide.forms.find import AskForm, RequestForm
from onboarding.guide.models import DeferredTask
from onboarding.guide.reading import findings, journey


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Name a colleague or the purchase's email; the answer is the same for every address."""
    now = timezone.now()
    proven = journey.proven_address(request, now)
    if proven is None:
        return redirect(with_next(reverse("find"), next_url(request), then="ask"))
    form = AskForm(request.POST or None, initial=_initial(request))
    if not form.is_valid():
        failures.count_errors(request, form)
        context = journey.context(request, form=form, email=proven.display)
        return render(request, "find/ask.html", context)
    if not limits.consume(request, action="ask", key=proven.email):
        return limits.too_many(request)
    deferred_tasks.defer(
        DeferredTask.Kind.ASK,
        colleague=form.cleaned_data["colleague"],
        email=proven.email,
        email_display=proven.display,
        name=form.cleaned_data["name"],
        message=form.cleaned_data["message"],
        now=now,
    )
    return redirect(with_next(reverse("ask_sent"), next_url(request)))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask to join an account of colleagues at the same company domain (SPEC 2.2)."""
    now = timezone.now()
    proven = journey.proven_address(request, now)
    if proven is None:
        return redirect(with_next(reverse("find"), next_url(request)))
    account = findings.accounts_of_colleagues(proven.email).filter(slug=slug).first()
    if account is None:
        raise Http404(_("There's no account here that you can ask to join."))
    form = RequestForm(request.POST or None, initial=_initial(request))
    if not form.is_valid():
        failures.count_errors(request, form)
        context = journey.context(
            request,
            form=form,
            email=proven.display,
            account=account,
            results_url=with_next(reverse("find"), next_url(request)),
        )
        return render(request, "find/join.html", context)
    if not limits.consume(request, action="ask", key=proven.email):
        return limits.too_many(request)
    try:
        join_requests.ask(
            account=account,
            email=proven.email,
            email_display=proven.display,
            name=form.cleaned_data["name"],
            message=form.cleaned_data["message"],
            now=now,
        )
    except AlreadyMember:
        return redirect(with_next(reverse("find"), next_url(request)))
    return redirect(with_next(reverse("ask_sent"), next_url(request)))


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now: the same page whether or not the address was known."""
    proven = journey.proven_address(request, timezone.now())
    context = journey.context(request, email=proven.display if proven else "")
    return render(request, "find/asked.html", context)


def _initial(request: HttpRequest) -> dict[str, str]:
    return {"name": request.user.name} if isinstance(request.user, User) else {}
