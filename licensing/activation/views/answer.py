"""The consent page, its answers (one POST each), and the page of the outcome."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.errors import DomainError, NotAllowed
from accounts.permissions import Permission
from accounts.sign_in.views.reauthentication import always, recent_proof
from licensing.activation.actions import requests
from licensing.activation.errors import RequestAnswered, RequestNotFound, SplitNotConfirmed
from licensing.activation.forms.activate import ChoiceForm
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import approval_preview as plans
from licensing.activation.reading import instance_accounts, remembered_requests
from licensing.activation.reading.outcome import RequestOutcome, outcome_of
from licensing.activation.views import gate
from licensing.licenses.errors import NoSeatsLeft
from licensing.permissions import LicensingPermission


@gate.by_id
@gate.in_account
@require_safe
def confirm(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Show everything before anything happens; only the POST approves."""
    account, now = request.membership.account, timezone.now()
    form = ChoiceForm(request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(_to_license(request, asked))
    plan = plans.of(account, asked, form.cleaned_data, now)
    installation = asked.installation
    first = instance_accounts.would_split_instances(
        by=request.user, account=account, installation=installation
    )
    if first is not None and not form.cleaned_data["split"]:
        return HttpResponseRedirect(gate.address("activation_request", asked, account=account.slug))
    if plan.lacks_room:
        return HttpResponseRedirect(_to_replace(request, asked, plan))
    try:
        plan.refuse_unfit()
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(_to_license(request, asked))
    context = gate.context(
        asked,
        account=account,
        plan=plan,
        first=first,
        carried={**gate.carried(request), **_chosen(form)},
        license_url=_to_license(request, asked),
        now=now,
        activating=None,  # the page itself shows it
    )
    return render(request, "licensing/activate/confirm.html", context)


@gate.by_id
@gate.in_account
@require_POST
@recent_proof(always)
def approve(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Activate the instance; an error leads back to the choice with its message."""
    account, now = request.membership.account, timezone.now()
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(_to_license(request, asked))
    plan = plans.of(account, asked, form.cleaned_data, now)
    try:
        requests.approve(
            request=asked,
            account=account,
            choice=plan.choice,
            by=request.user,
            now=now,
            split_confirmed=form.cleaned_data["split"],
        )
    except (RequestAnswered, RequestNotFound):
        return redirect("activation_done", public_id=asked.public_id)
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(_way_on(error)(request, asked, plan))
    remembered_requests.forget(request, asked)
    return redirect("activation_done", public_id=asked.public_id)


@gate.by_id
@require_POST
def deny(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Refuse the instance; its console is told."""
    return _refuse(request, asked, disowned=False)


@gate.by_id
@require_POST
def disown(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """“This isn't mine”: refuse it, and record that the person never asked for it."""
    return _refuse(request, asked, disowned=True)


@gate.by_id
@require_POST
def hand_over(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Send the request to the account's administrators; the console keeps waiting."""
    slug = request.POST.get("account", "")
    if elsewhere := gate.admit(request, asked, slug, Permission.ACCOUNT_VIEW):
        return elsewhere
    account, now = request.membership.account, timezone.now()
    try:
        requests.hand_over(request=asked, account=account, by=request.user, now=now)
    except (RequestAnswered, RequestNotFound):
        pass  # the page says what became of it
    else:
        remembered_requests.forget(request, asked)
    return redirect("activation_done", public_id=asked.public_id)


@gate.by_id
@require_safe
def done(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Show the outcome of the request and what happens next."""
    outcome = outcome_of(asked, timezone.now())
    if outcome is RequestOutcome.OPEN:
        return redirect(asked)
    context = gate.context(asked, activating=None, activation=asked.activation)
    if outcome is RequestOutcome.HANDED_OVER:
        context["may_answer"] = _may_answer_too(request, asked)
    return render(request, f"licensing/activate/{outcome.value}.html", context)


def _refuse(request: MemberRequest, asked: ActivationRequest, *, disowned: bool) -> HttpResponse:
    try:
        requests.deny(request=asked, by=request.user, now=timezone.now(), disowned=disowned)
    except (RequestAnswered, RequestNotFound):
        pass  # the page says what became of it
    else:
        remembered_requests.forget(request, asked)
    return redirect("activation_done", public_id=asked.public_id)


def _may_answer_too(request: MemberRequest, asked: ActivationRequest) -> bool:
    """True when this person can answer a request that was handed over."""
    memberships = access.memberships_of(request.user)
    return any(
        each.account_id == asked.account_id and each.may(LicensingPermission.LICENSES_MANAGE)
        for each in memberships
    )


_Way = Callable[[MemberRequest, ActivationRequest, plans.ApprovalPreview], str]


def _way_on(error: DomainError) -> _Way:
    """The page to return to after an error: the question whose answer has to change."""
    if isinstance(error, SplitNotConfirmed | NotAllowed):
        return _to_account
    if isinstance(error, NoSeatsLeft):
        return _to_replace
    return lambda request, asked, plan: _to_license(request, asked)


def _to_account(
    request: MemberRequest, asked: ActivationRequest, plan: plans.ApprovalPreview
) -> str:
    return gate.address("activation_request", asked, account=request.membership.account.slug)


def _to_license(request: MemberRequest, asked: ActivationRequest) -> str:
    return gate.address("activation_license", asked, **gate.carried(request))


def _to_replace(
    request: MemberRequest, asked: ActivationRequest, plan: plans.ApprovalPreview
) -> str:
    key = plan.choice.key
    if key is None:
        return _to_license(request, asked)
    return gate.address("activation_replace", asked, **gate.carried(request), key=key.public_id)


def _chosen(form: ChoiceForm) -> dict[str, object]:
    """The choices as hidden fields for the approval."""
    names = ("key", "cut", "seats", "replace")
    chosen = {name: form.cleaned_data[name] for name in names if form.cleaned_data[name]}
    return chosen | ({"trial": "1"} if form.cleaned_data["trial"] else {})
