"""A key proves that a company owns a license: its mailbox is told the way in (SPEC A15, 2.2)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.limits import failures
from accounts.web.destinations import next_url, with_next
from licensing.purchases.actions import key_owners
from onboarding.guide.actions import deferred_tasks
from onboarding.guide.forms.key import FindByKeyForm
from onboarding.guide.models import DeferredTask
from onboarding.guide.reading import journey


@login_not_required
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
def find_by_key(request: HttpRequest) -> HttpResponseBase:
    """Enter a key; the answer is a hint at the address that it was bought under."""
    form = FindByKeyForm(request.POST or None)
    if not form.is_valid():
        return _form_page(request, form)
    if not limits.consume(request, action="key"):
        return limits.too_many(request)
    purchase = key_owners.purchase_of_key(form.cleaned_data["key"])
    if purchase is None:
        form.add_error("key", _("We don't know this key. Check it against the original."))
        return _form_page(request, form)
    failures.forget(request)
    context = journey.context(
        request,
        purchase=purchase,
        masked=key_owners.masked(purchase.primary_email),
        key=form.cleaned_data["key"],
    )
    return render(request, "find/key_known.html", context)


@login_not_required
@sensitive_post_parameters("key")
@require_POST
def send(request: HttpRequest) -> HttpResponseBase:
    """Mail the way in to the address behind the key; at most three times an hour."""
    form = FindByKeyForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    if not limits.consume(request, action="key"):
        return limits.too_many(request)
    purchase = key_owners.purchase_of_key(form.cleaned_data["key"])
    if purchase is not None:
        if not limits.consume(request, action="key_mail", key=purchase.order_number):
            return limits.too_many(request)
        deferred_tasks.defer(DeferredTask.Kind.TELL_OWNER, purchase=purchase.pk, now=timezone.now())
    return redirect(with_next(reverse("find_key_sent"), next_url(request)))


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "find/key_sent.html", journey.context(request))


def _form_page(request: HttpRequest, form: FindByKeyForm) -> HttpResponse:
    failures.count_errors(request, form)
    return render(request, "find/key.html", journey.context(request, form=form))
