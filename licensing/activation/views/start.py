"""From the code on the console to the business account (SPEC 3, journeys 1 and 2; A3, A4, A14)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, limits
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.limits import failures
from accounts.web import security_log
from accounts.web.destinations import with_next
from licensing import security_events
from licensing.activation.actions import requests
from licensing.activation.errors import RequestNotFound
from licensing.activation.forms.activate import AccountForm, ConsoleCodeForm
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import instance_accounts, remembered_requests
from licensing.activation.views import gate
from licensing.licenses.models import Instance
from licensing.licenses.rules import releases
from licensing.permissions import LicensingPermission
from licensing.protocol import tokens


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponseBase:
    """Enter the code that the console shows, prefilled by its link. Nothing is claimed yet."""
    given = request.POST if request.method == "POST" else request.GET
    form = ConsoleCodeForm(given if "code" in given else None)
    if form.is_bound and form.is_valid():
        attempt = _attempt(request)
        asked = _waiting_request(request, form.cleaned_data["code"], timezone.now())
        if asked is not None and (attempt.allowed or remembered_requests.knows(request, asked)):
            attempt.refund()
            remembered_requests.remember(request, asked)
            failures.forget(request)
            return redirect(_onward(request, asked))
        if not attempt.allowed:
            return limits.too_many(request)
        security_log.refused(request, security_events.CODE_GUESSED, "not_waiting")
        form.add_error("code", str(RequestNotFound.message))
    failures.count_errors(request, form)
    return render(request, "licensing/activate/enter.html", {"form": form, "step": "check"})


@gate.by_id
@require_safe
def choose_account(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Choose the business account; asked only when there is something to decide."""
    if not gate.is_waiting(asked, timezone.now()):
        return redirect("activation_done", public_id=asked.public_id)
    request.memberships = access.memberships_of(request.user)
    mine = [each for each in request.memberships if not each.blocked_at]
    if asked.handed_over_at and not _manages(mine, asked.account):
        return redirect("activation_done", public_id=asked.public_id)
    if not mine:
        return redirect(with_next(reverse("account_new"), asked.get_absolute_url()))
    is_sent = "account" in request.GET or "chosen" in request.GET
    form = AccountForm(request.GET if is_sent else None, memberships=mine)
    if not form.is_bound and len(mine) == 1:
        return _with_account(request, asked, mine[0], form)
    if form.is_bound and form.is_valid():
        return _with_account(request, asked, form.cleaned_data["account"], form)
    if form.is_bound and form.is_foreign:
        raise Http404
    return _ask_for_account(request, asked, form)


def _attempt(request: HttpRequest) -> limits.Attempt:
    """One guess at a code, counted for the network address and the signed-in person (SPEC 5)."""
    counters = [("user_code_origin", "")]
    if request.user.is_authenticated:
        counters.append(("user_code_person", str(request.user.pk)))
    return limits.Attempt(request, counters)


def _waiting_request(request: HttpRequest, code: str, now: datetime) -> ActivationRequest | None:
    """The request with this code; None for unknown, ended and other people's requests alike."""
    waiting = ActivationRequest.objects.waiting(now)
    # An impossible code is looked up, too, so that every wrong one takes the same time.
    asked = waiting.filter(user_code=tokens.read_user_code(code) or "-").first()
    if asked is None or not isinstance(request.user, User):
        return asked
    return asked if requests.may_answer(asked, request.user) else None


def _onward(request: HttpRequest, asked: ActivationRequest) -> str:
    """Redirect to the request; when signed out, through the guide and then back to it (SPEC A3).

    The guide also tells everyone that an upgrade below version 15 needs no account.
    """
    here = asked.get_absolute_url()
    if request.user.is_authenticated and not _needs_no_account(asked):
        return here
    told = {"task": asked.mode}
    if remembered_requests.of_request(asked).is_upgrade:
        told |= {"from_version": asked.from_version, "to_version": asked.version}
    return with_next(reverse("guide"), here, **told)


def _needs_no_account(asked: ActivationRequest) -> bool:
    is_upgrade = remembered_requests.of_request(asked).is_upgrade
    return (
        is_upgrade and (releases.major(asked.version) or 0) < releases.ACCOUNT_REQUIRED_FROM_MAJOR
    )


def _manages(memberships: list[Membership], account: BusinessAccount | None) -> bool:
    return any(
        each.account == account and each.may(LicensingPermission.LICENSES_MANAGE)
        for each in memberships
    )


def _with_account(
    request: MemberRequest, asked: ActivationRequest, chosen: Membership, form: AccountForm
) -> HttpResponseBase:
    """Continue with the choice of a key, after checking the permission and a possible split."""
    account = chosen.account
    if not chosen.may(LicensingPermission.LICENSES_MANAGE):
        context = gate.context(asked, membership=chosen, others=len(form.memberships) > 1)
        return render(request, "licensing/activate/no_right.html", context)
    installation = asked.installation
    first = instance_accounts.would_split_instances(
        by=request.user, account=account, installation=installation
    )
    is_meant = form.is_bound and form.cleaned_data["split"]
    if first is None or is_meant:
        split = "1" if first else ""
        return redirect(
            gate.address("activation_license", asked, account=account.slug, split=split)
        )
    form.ask_whether_to_split(first=first, second=account)
    if "warned" in request.GET:
        form.refuse_to_split()
    return _ask_for_account(request, asked, form)


def _ask_for_account(
    request: MemberRequest, asked: ActivationRequest, form: AccountForm
) -> HttpResponse:
    home = instance_accounts.account_of_installation(
        by=request.user, installation=asked.installation
    )
    preferred = asked.account or home
    if preferred is not None:
        form.prefer(preferred, _why(asked, preferred))
    context = gate.context(asked, form=form, here=asked.get_absolute_url())
    return render(request, "licensing/activate/account.html", context)


def _why(asked: ActivationRequest, account: BusinessAccount) -> str:
    """Why this account is the right one."""
    if asked.account == account and asked.claimed_by:
        return _("%(person)s asked for this account.") % {"person": asked.claimed_by}
    known = Instance.objects.filter(account=account, instance_id=asked.instance_id)
    if known.exists():
        return _("%(instance)s is known there.") % {"instance": asked.instance_name}
    return _("Your company's first instance is there.")
