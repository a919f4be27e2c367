"""Who may see and answer a request: the first person to enter its code, or those it was handed
to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import MemberRequest
from accounts.permissions import PackagePermission
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.reading import remembered_requests
from licensing.permissions import LicensingPermission

RequestView = Callable[[MemberRequest, ActivationRequest], HttpResponseBase]


def by_id(view: RequestView) -> Callable[..., HttpResponseBase]:
    """Turn the id in the address into its request; 404 unless the person may answer it.

    While it is unclaimed, the browser must have entered its code (RFC 8628 §5.4).
    """

    @wraps(view)
    def found(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
        known = ActivationRequest.objects.select_related(
            "account", "claimed_by", "activation__key__license", "activation__instance__account"
        )
        asked = known.filter(public_id=public_id).first()
        member_request = cast(MemberRequest, request)
        if asked is None or not _may_see(member_request, asked):
            return render(request, "licensing/activate/unknown.html", status=404)
        if asked.account and (elsewhere := access.require_second_step(request, asked.account)):
            return elsewhere
        return view(member_request, asked)

    return found


def in_account(view: RequestView) -> RequestView:
    """Require the permission to manage licenses in the account that the form or query names.

    Without an account, redirect to the choice of one; for an answered request, to its outcome.
    """

    @wraps(view)
    def admitted(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
        if not is_waiting(asked, timezone.now()):
            return redirect("activation_done", public_id=asked.public_id)
        slug = request.POST.get("account") or request.GET.get("account") or ""
        if not slug:
            return redirect(asked)
        elsewhere = admit(request, asked, slug, LicensingPermission.LICENSES_MANAGE)
        return elsewhere or view(request, asked)

    return admitted


def admit(
    request: MemberRequest, asked: ActivationRequest, slug: str, permission: PackagePermission
) -> HttpResponseBase | None:
    """Like `access.admit`; when the account was merged away meanwhile, redirect to a new consent
    page for the account that took it over.
    """
    try:
        return access.admit(request, slug, permission)
    except Http404:
        holder = access.holder_of(request, slug)
    text = _("The account was merged into %(account)s, which now has everything it had.")
    messages.info(request, text % {"account": holder})
    return redirect(address("activation_request", asked, account=holder.slug))


def is_waiting(asked: ActivationRequest, now: datetime) -> bool:
    """True while a person can still answer it."""
    return asked.status == Status.PENDING and not asked.has_expired(now)


def address(name: str, asked: ActivationRequest, **query: object) -> str:
    """The address of one of the request's pages; empty values are left out."""
    path = reverse(name, kwargs={"public_id": asked.public_id})
    pairs = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(pairs)}" if pairs else path


def carried(request: MemberRequest) -> dict[str, str]:
    """The choices of earlier pages: the account, and the confirmation to split."""
    split = request.POST.get("split") or request.GET.get("split") or ""
    return {"account": request.membership.account.slug, "split": "1" if split == "1" else ""}


def context(asked: ActivationRequest, **more: Any) -> dict[str, Any]:
    """The context of every page of a request."""
    bar = remembered_requests.of_request(asked)
    return {"step": "activate", "asked": asked, "activating": bar, **more}


def _may_see(request: MemberRequest, asked: ActivationRequest) -> bool:
    if asked.claimed_by_id is None:
        return remembered_requests.knows(request, asked)
    return requests.may_answer(asked, request.user)
