"""Answering requests to join (SPEC A13)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount
from accounts.membership.actions import join_requests
from accounts.membership.forms import RoleForm
from accounts.membership.models import JoinRequest
from accounts.permissions import Permission, Role
from accounts.sign_in.views.reauthentication import recent_proof
from accounts.web.paging import Page, first_page


def waiting_requests(account: BusinessAccount) -> Page[JoinRequest]:
    """The four requests that wait longest; the others move up as these are answered."""
    return first_page(account.join_requests.waiting().order_by("created_at", "pk"), 4)


@access.requires(Permission.MEMBERS_MANAGE)
@require_POST
@recent_proof(lambda request: request.POST.get("role") == Role.ADMINISTRATOR)
def join_request_approve(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Turn a request into an invitation."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["role"][0]))
        return _to_members(request)
    asked = _request(request, public_id)
    outcome = join_requests.approve(
        join_request=asked, role=form.cleaned_data["role"], by=request.user, now=timezone.now()
    )
    if outcome.is_good:
        messages.success(request, _("%(name)s was invited.") % {"name": asked.name or asked})
    else:
        messages.warning(request, f"{asked}: {outcome.message}")
    return _to_members(request)


@access.requires(Permission.MEMBERS_MANAGE)
@require_POST
def join_request_decline(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Turn a request down; the one who asked isn't told."""
    asked = _request(request, public_id)
    join_requests.decline(join_request=asked, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The request from %(name)s was declined. They aren't notified.")
        % {"name": asked.name or asked},
    )
    return _to_members(request)


def _request(request: MemberRequest, public_id: uuid.UUID) -> JoinRequest:
    asked = request.membership.account.join_requests.select_related("account")
    return get_object_or_404(asked, public_id=public_id)


def _to_members(request: MemberRequest) -> HttpResponse:
    return redirect("member_list", slug=request.membership.account.slug)
